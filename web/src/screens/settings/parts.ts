// Durations and numbers as people write them, and as the server keeps them.

export const UNITS = { s: 1, min: 60, h: 3600 } as const;
export type Unit = keyof typeof UNITS;

const BIGGEST_FIRST: readonly Unit[] = ["h", "min", "s"];

/** A time in the biggest unit that says it in a whole number. */
export function inUnits(seconds: number): { amount: number; unit: Unit } {
  const unit = BIGGEST_FIRST.find((one) => seconds % UNITS[one] === 0 && seconds >= UNITS[one]) ?? "s";
  return { amount: seconds / UNITS[unit], unit };
}

/** A time in seconds; null for none. */
export const inSeconds = (amount: Amount, unit: Unit): number | null =>
  amount === "" ? null : Math.round(Number(amount) * UNITS[unit]);

/** What a number's field holds: nothing is `""`. */
export type Amount = number | string;

/** The number of a field; null where it is empty. */
export const numberOf = (amount: Amount): number | null => (amount === "" ? null : Number(amount));

/** Whether a field holds nothing, or a whole number within bounds. */
export function within(amount: Amount, least: number, most: number): boolean {
  const number = numberOf(amount);
  return number === null || (Number.isInteger(number) && number >= least && number <= most);
}

export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
