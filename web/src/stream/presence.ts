// Whether anybody can see the tab: one that is hidden for long keeps no connection from those that are seen.
import type { Surroundings } from "./surroundings";

const HIDDEN_MS = 60_000;

/** Tell when the tab goes to sleep and when it wakes. */
export function watchPresence(around: Surroundings, tell: (awake: boolean) => void): void {
  const { page, window } = around;
  let cancel: (() => void) | null = null;
  const look = () => {
    cancel?.();
    cancel = page.visibilityState === "hidden" ? around.later(HIDDEN_MS, () => tell(false)) : null;
    if (cancel === null) tell(true);
  };
  page.addEventListener("visibilitychange", look);
  page.addEventListener("resume", look);
  window.addEventListener("pageshow", look);
  page.addEventListener("freeze", () => tell(false));
  window.addEventListener("pagehide", () => tell(false));
  look();
}
