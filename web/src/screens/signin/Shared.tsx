import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { api, given, Problem } from "../../api/call";
import { words } from "../../texts/signin";
import { DeadEnd, Waiting } from "./DeadEnd";
import type { Departure } from "./departures";
import { forget } from "./session";
import { useOnce } from "./useOnce";
import { told } from "./useSend";
import { Ways } from "./Ways";

/** Opens a session that was shared by a link, and goes to it; after a sign-in if need be. */
export function Shared({ token, departure }: { token: string; departure: Departure }) {
  const router = useRouter();
  const [outcome, setOutcome] = useState<"arriving" | "outside" | { why: string }>("arriving");
  const open = async () => {
    try {
      const session = await given(api.POST("/api/v1/shares/open", { body: { token } }));
      forget();
      const params = { workspace: session.workspace_id, session: session.id };
      await router.navigate({ to: "/w/$workspace/sessions/$session", params, replace: true });
    } catch (error) {
      setOutcome(error instanceof Problem && error.status === 401 ? "outside" : { why: told(error) });
    }
  };
  useOnce(open);
  if (outcome === "arriving") return <Waiting title={words.arriving} />;
  if (outcome !== "outside") return <DeadEnd why={outcome.why} hint={words.badShare} />;
  return <Ways entered={() => void open()} departure={departure} lead={words.shareSignIn} />;
}
