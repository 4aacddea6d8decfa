import { useState } from "react";
import { api, given } from "../../api/call";
import { queries } from "../../api/queries";
import { words } from "../../texts/signin";
import { factors } from "../account/asked";
import { Waiting } from "./DeadEnd";
import type { News } from "./fields";
import { pendingOf, type Pending } from "./SecondStep";
import { isSignedIn, useEnter } from "./session";
import { useOnce } from "./useOnce";
import { told } from "./useSend";
import { Ways } from "./Ways";

/** Signs in by a one-time link. */
export function ByLink({ code }: { code: string }) {
  const enter = useEnter();
  const [outcome, setOutcome] = useState<"arriving" | Pending | News>("arriving");
  useOnce(async () => {
    try {
      await given(api.POST("/api/v1/auth/sessions", { body: { code } }));
      enter();
      void queries.prefetchQuery(factors); // so that the welcome stands there at once
    } catch (error) {
      const pending = pendingOf(error);
      if (pending !== null) setOutcome(pending);
      // That a link was used before is no news to who is in already.
      else if (await isSignedIn()) enter();
      else setOutcome({ text: `${told(error)} ${words.badCode}`, bad: true });
    }
  });
  if (outcome === "arriving") return <Waiting title={words.arriving} />;
  const step = "pending" in outcome ? { first: outcome } : { said: outcome };
  return <Ways entered={() => enter()} departure={{ aim: "sign-in", next: "/" }} {...step} />;
}
