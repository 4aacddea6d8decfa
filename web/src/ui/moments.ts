// Moments as people say them, and the clock that keeps them true.
import { words } from "../texts/everywhere";

const MINUTE = 60_000;
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["minute", MINUTE],
  ["hour", 60 * MINUTE],
  ["day", 24 * 60 * MINUTE],
];

const fromNow = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** A moment as it is seen from now: `5 minutes ago`, `in 2 days`, `3 Mar`. */
export function relative(at: Date, now: Date): string {
  const away = at.getTime() - now.getTime();
  if (Math.abs(away) < 0.75 * MINUTE) return words.now;
  if (Math.abs(away) > 6.5 * 24 * 60 * MINUTE) {
    const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
    return at.toLocaleDateString(undefined, { day: "numeric", month: "short", year });
  }
  const [unit, length] = STEPS.findLast(([, long]) => Math.abs(away) >= 0.95 * long) ?? ["minute", MINUTE];
  return fromNow.format(Math.round(away / length), unit);
}

const toTheSecond = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** A moment to the second, with its time zone. */
export const exact = (at: Date): string => toTheSecond.format(at);

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Call `listener` twice a minute; gives what ends it. One timer serves all. */
export function watchClock(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, MINUTE / 2);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}
