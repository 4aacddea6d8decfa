// Which sessions are listed, as the address has it.
import type { State } from "../../document/model";

export const WHICH = ["mine", "shared", "all"] as const;
export const STATES = [
  "running",
  "waiting",
  "hibernated",
  "completed",
  "failed",
  "cancelled",
  "expired",
] as const satisfies readonly State[];

/** Filters of the list; what is left out does not narrow it. */
export interface SessionsSearch {
  /** `mine` when left out. */
  which?: (typeof WHICH)[number];
  state?: (typeof STATES)[number];
  app?: string;
  text?: string;
  deleted?: true;
}

/** Read the filters of an address; what fits none is left out. */
export function sessionsSearch(given: Record<string, unknown>): SessionsSearch {
  const { app, text } = given;
  const which = WHICH.find((one) => one === given.which && one !== "mine");
  const state = STATES.find((one) => one === given.state);
  return {
    ...(which && { which }),
    ...(state && { state }),
    ...(typeof app === "string" && app && { app }),
    // A search for `42` reads as a number.
    ...((typeof text === "string" || typeof text === "number") && String(text) && { text: String(text).slice(0, 200) }),
    ...(given.deleted === true && { deleted: true as const }),
  };
}
