import type { State } from "../../document/model";

const OVER: ReadonlySet<State> = new Set(["completed", "failed", "cancelled", "expired"]);

/** Whether a session in this state has ended. */
export const isOver = (state: State): boolean => OVER.has(state);
