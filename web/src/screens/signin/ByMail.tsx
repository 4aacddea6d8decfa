import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, given } from "../../api/call";
import { words } from "../../texts/signin";
import { DeadEnd, Waiting } from "./DeadEnd";
import { isSignedIn, useEnter } from "./session";
import { useOnce } from "./useOnce";
import { told } from "./useSend";
import { Ways } from "./Ways";

interface Props {
  kind: "verify" | "change";
  token: string;
}

/** Confirms an address by the link that was mailed to it. */
export function ByMail({ kind, token }: Props) {
  const enter = useEnter();
  const [outcome, setOutcome] = useState<"arriving" | "done" | { why: string; inside: boolean }>("arriving");
  const text = kind === "verify" ? words.verified : words.changed;
  useOnce(async () => {
    const path = kind === "verify" ? "/api/v1/auth/email/verify" : "/api/v1/auth/email/change";
    try {
      await given(api.POST(path, { body: { token } }));
    } catch (error) {
      return setOutcome({ why: told(error), inside: await isSignedIn() });
    }
    if (!(await isSignedIn())) return setOutcome("done");
    notifications.show({ message: text, color: "teal" });
    enter("/account");
  });
  if (outcome === "arriving") return <Waiting title={words.arriving} />;
  if (outcome === "done")
    return <Ways entered={() => enter()} departure={{ aim: "sign-in", next: "/" }} said={{ text }} />;
  return (
    <DeadEnd why={outcome.why} hint={words.badMail}>
      {outcome.inside && (
        <Button size="md" onClick={() => enter("/account")}>
          {words.newMail}
        </Button>
      )}
    </DeadEnd>
  );
}
