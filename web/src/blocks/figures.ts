// Figures and spans of time in words.
import { words } from "../texts/blocks";

const plain = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6, useGrouping: "min2" });
const small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 });
const huge = new Intl.NumberFormat(undefined, { notation: "scientific", maximumFractionDigits: 4 });

/** A number as people read it: grouped, not too exact. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e15) return huge.format(value);
  return size !== 0 && size < 1e-4 ? small.format(value) : plain.format(value);
}

/** A number or text. */
export const figure = (value: string | number): string => (typeof value === "number" ? number(value) : value);

/** An exact span of time: `340 ms`, `4.2 s`, `2 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return words.time.ms(String(Math.round(Math.max(0, seconds) * 1000)));
  if (seconds < 9.95) return words.time.s(seconds.toFixed(1));
  const whole = Math.round(seconds);
  if (whole < 60) return words.time.s(String(whole));
  if (whole < 3600) return words.time.min(Math.floor(whole / 60), whole % 60);
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return words.time.h(Math.floor(minutes / 60), minutes % 60);
  const hours = Math.round(seconds / 3600);
  return words.time.days(Math.floor(hours / 24), hours % 24);
}

/** A rough span of time: `about 3 minutes` without the `about`. */
export function roughly(seconds: number): string {
  const { aboutSeconds, aboutMinutes, aboutHours, aboutDays } = words.time;
  if (seconds < 55) return aboutSeconds(Math.max(1, seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 5) * 5));
  if (seconds < 55 * 60) return aboutMinutes(Math.max(1, Math.round(seconds / 60)));
  return seconds < 36 * 3600
    ? aboutHours(Math.max(1, Math.round(seconds / 3600)))
    : aboutDays(Math.round(seconds / 86400));
}
