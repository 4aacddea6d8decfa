import { Badge } from "@mantine/core";
import type { State } from "../document/model";
import { words } from "../texts/everywhere";
import classes from "./StateBadge.module.css";

const COLORS: Record<State, string> = {
  created: "blue",
  running: "blue",
  waiting: "orange",
  hibernated: "orange",
  completed: "teal",
  failed: "red",
  cancelled: "gray",
  expired: "gray",
};

interface Props {
  state: State;
  /** What the open question asks. */
  waitingLabel?: string | null;
}

/** How a session stands. */
export function StateBadge({ state, waitingLabel }: Props) {
  const waits = (state === "waiting" || state === "hibernated") && waitingLabel;
  const text = waits && state === "waiting" ? words.waitingFor(waitingLabel) : words.states[state];
  return (
    <Badge
      variant="dot"
      color={COLORS[state]}
      className={classes.badge}
      data-state={state}
      title={waits ? words.waitingFor(waitingLabel) : words.stateHints[state]}
    >
      {text}
    </Badge>
  );
}
