// What screens of all kinds say.
import type { State } from "../document/model";

const units = ["bytes", "kB", "MB", "GB", "TB"] as const;

export const words = {
  product: "Outlast",
  pageTitle: (title: string) => (title ? `${title} · Outlast` : "Outlast"),
  units,
  size: (amount: string, unit: string) => `${amount} ${unit}`,
  loading: "Loading …",
  tryAgain: "Try again",
  cancel: "Cancel",
  save: "Save",
  close: "Close",
  somebody: "Somebody",

  now: "just now",
  never: "never",

  states: {
    created: "Starting",
    running: "Running",
    waiting: "Waiting",
    hibernated: "Asleep",
    completed: "Done",
    failed: "Failed",
    cancelled: "Stopped",
    expired: "Expired",
  } satisfies Record<State, string>,
  stateHints: {
    created: "It is about to start.",
    running: "It is working.",
    waiting: "It waits for an answer.",
    hibernated: "It waits, and uses no memory meanwhile. It wakes up as soon as it is answered.",
    completed: "It has come to its end.",
    failed: "It ended with an error.",
    cancelled: "Somebody stopped it.",
    expired: "It ran into a limit.",
  } satisfies Record<State, string>,
  waitingFor: (label: string) => `Waiting: ${label}`,

  errorTitle: "That did not work",
  offlineTitle: "The server can't be reached",
  offline: "You are offline. What you see may be old; it is brought up to date once you are online again.",
  unreachable: "It does not answer. It may be restarting: sessions go on where they were. Try again in a moment.",
  forbiddenTitle: "You may not do this",
  brokenTitle: "This part can't be shown",
  broken: "Something in this page is broken. Reloading may help; your sessions are not affected.",
  details: "Details",
};
