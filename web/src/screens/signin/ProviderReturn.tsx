import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useParams, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { api, given } from "../../api/call";
import { words } from "../../texts/signin";
import { DeadEnd, Waiting } from "./DeadEnd";
import { comeBack, type Departure } from "./departures";
import { pendingOf, SecondStep, type Pending } from "./SecondStep";
import { useEnter } from "./session";
import { useOnce } from "./useOnce";
import { told } from "./useSend";
import { Ways } from "./Ways";

type Outcome =
  "arriving" | "again" | { pending: Pending; departure: Departure } | { why: string; departure: Departure };

/** Where a provider sends the browser back to: its answer is handed on, and one goes on with what one left for. */
export function ProviderReturn() {
  const { provider } = useParams({ from: "/oidc/$provider" });
  const router = useRouter();
  const enter = useEnter();
  const [outcome, setOutcome] = useState<Outcome>("arriving");
  const goOn = ({ brought, next }: Departure) => {
    if (brought === undefined) enter(next);
    else void router.navigate({ to: "/arrive", state: { brought }, replace: true });
  };
  useOnce(async () => {
    const departure = comeBack();
    const answer = answerOf(location.search);
    // The provider's code is no use to who looks over one's shoulder, or into the history, later.
    history.replaceState(history.state, "", location.pathname);
    try {
      await given(
        api.POST("/api/v1/auth/providers/{provider}/callback", { params: { path: { provider } }, body: answer }),
      );
    } catch (error) {
      const pending = pendingOf(error);
      return setOutcome(pending === null ? { why: told(error), departure } : { pending, departure });
    }
    if (departure.aim === "link") notifications.show({ message: words.linked, color: "teal" });
    if (departure.aim === "prove") notifications.show({ message: words.proved, color: "teal" });
    goOn(departure);
  });
  if (outcome === "arriving") return <Waiting title={words.returning} />;
  if (outcome === "again") return <Ways entered={() => enter()} departure={{ aim: "sign-in", next: "/" }} />;
  if ("pending" in outcome) {
    const { pending, departure } = outcome;
    return <SecondStep first={pending} entered={() => goOn(departure)} back={() => setOutcome("again")} />;
  }
  const { departure } = outcome;
  return (
    <DeadEnd title={words.providerFailed} why={outcome.why}>
      {departure.aim === "sign-in" ? (
        <Button size="md" onClick={() => setOutcome("again")}>
          {words.back}
        </Button>
      ) : (
        <Button size="md" onClick={() => enter(departure.next)}>
          {words.whereYouWere}
        </Button>
      )}
    </DeadEnd>
  );
}

function answerOf(search: string) {
  const given = new URLSearchParams(search);
  const { state, code, error } = { state: given.get("state"), code: given.get("code"), error: given.get("error") };
  return { state: state ?? "", code: code ?? "", iss: given.get("iss"), error: error ?? "" };
}
