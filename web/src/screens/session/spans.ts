// How long something lasts, as people choose it.
export const SPANS = ["never", "day", "week", "month"] as const;
export type Span = (typeof SPANS)[number];

const DAY_MS = 24 * 60 * 60_000;
const after = (days: number) => () => new Date(Date.now() + days * DAY_MS).toISOString();

/** When it ends if it begins now; null for never. */
export const END_OF: Readonly<Record<Span, () => string | null>> = {
  never: () => null,
  day: after(1),
  week: after(7),
  month: after(30),
};
