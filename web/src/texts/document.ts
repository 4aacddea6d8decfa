// Words of the document as a whole.
import type { State } from "../document/model";

const ENDS: Partial<Record<State, string>> = {
  completed: "The session is done.",
  failed: "The session failed.",
  cancelled: "The session was stopped.",
  expired: "The session took longer than it may.",
};

export const words = {
  document: "Document",
  empty: "Nothing written yet",
  wroteNothing: "It wrote nothing.",
  newBelow: "New below",
  asked: (label: string) => (label ? `Question: ${label}` : "There is a question to answer."),
  ended: (state: State) => ENDS[state] ?? "The session has ended.",
};
