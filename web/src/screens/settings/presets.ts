import { words } from "../../texts/audit";

const two = (number: number) => String(number).padStart(2, "0");

/** A day in the reader's own zone: `2026-11-01`. */
export const dayOf = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

const ago = (now: Date, days: number) => dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));

/** Times that are asked for often, as seen from a moment. */
export const presets = (now: Date): { value: [string, string]; label: string }[] => [
  { value: [ago(now, 0), ago(now, 0)], label: words.presets.today },
  { value: [ago(now, 6), ago(now, 0)], label: words.presets.week },
  { value: [ago(now, 29), ago(now, 0)], label: words.presets.month },
];
