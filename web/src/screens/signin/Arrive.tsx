import { useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { words } from "../../texts/signin";
import { broughtBy } from "./arrivals";
import { ByLink } from "./ByLink";
import { ByMail } from "./ByMail";
import { DeadEnd } from "./DeadEnd";
import type { Departure } from "./departures";
import { Invitation } from "./Invitation";
import { NewPassword } from "./NewPassword";
import { Shared } from "./Shared";

/** What a link brought is used up here, once. */
export function Arrive() {
  const kept = useRouterState({ select: ({ location }) => location.state.brought });
  // A second link in the same tab begins anew.
  return <Opened key={kept} kept={kept} />;
}

function Opened({ kept }: { kept: string | undefined }) {
  const [brought] = useState(() => broughtBy(kept));
  if (brought === null) return <DeadEnd why={words.badLinkText} />;
  const departure: Departure = { aim: "sign-in", next: "/", brought: kept };
  switch (brought.kind) {
    case "code":
      return <ByLink code={brought.token} />;
    case "invite":
      return <Invitation token={brought.token} departure={departure} />;
    case "share":
      return <Shared token={brought.token} departure={departure} />;
    case "reset":
      return <NewPassword token={brought.token} />;
    default:
      return <ByMail kind={brought.kind} token={brought.token} />;
  }
}
