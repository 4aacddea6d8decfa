// Cells of tables in words, for people and for files.
import type * as wire from "../../document/wire";
import { words } from "../../texts/blocks";
import { number } from "../figures";

const SAMPLE = 200;
const MOST_DIGITS = 4;

type Cell = (value: unknown) => string;

/** A cell as it is, in words: nothing for null, JSON for what is nested. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? words.table.yes : words.table.no;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function decimals(value: unknown): number {
  if (typeof value !== "number" || Number.isInteger(value) || Math.abs(value) >= 1e15) return 0;
  return Math.min(MOST_DIGITS, /\.(\d+)/.exec(value.toFixed(MOST_DIGITS).replace(/0+$/, ""))?.[1]?.length ?? 0);
}

/** Numbers of one column have as many decimals, so that their points stand below each other. */
function numbers(values: readonly unknown[]): Cell {
  const digits = values.reduce<number>((most, value) => Math.max(most, decimals(value)), 0);
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: "min2",
  });
  return (value) => {
    if (typeof value !== "number") return plainText(value);
    const size = Math.abs(value);
    return size >= 1e15 || (size !== 0 && size < 0.5 * 10 ** -digits) ? number(value) : format.format(value);
  };
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const minute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const second = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function moment(value: unknown, kind: "date" | "datetime"): string {
  if (typeof value !== "string") return plainText(value);
  const only = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const at = new Date(only ? `${value}T00:00` : value);
  if (!/^\d{4}-\d{2}-\d{2}/.test(value) || Number.isNaN(at.getTime())) return value;
  return (only || kind === "date" ? day : at.getSeconds() ? second : minute).format(at);
}

/** How the cells of a column are shown. */
export function shownBy(column: wire.Column, rows: readonly (readonly unknown[])[], at: number): Cell {
  const sample = rows.slice(0, SAMPLE).map((row) => row[at]);
  if (column.type === "date" || column.type === "datetime") {
    const { type } = column;
    return (value) => moment(value, type);
  }
  return sample.some((value) => typeof value === "number") ? numbers(sample) : plainText;
}

/** Whether a column's cells stand at the end of their place: figures do. */
export function isNumeric(column: wire.Column, rows: readonly (readonly unknown[])[], at: number): boolean {
  if (column.type === "number") return true;
  const sample = rows.slice(0, SAMPLE).map((row) => row[at]);
  const given = sample.filter((value) => value !== null && value !== undefined);
  return given.length > 0 && given.every((value) => typeof value === "number");
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Which of two cells comes first: figures by size, words as in a dictionary. */
export function compare(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one === "number" || typeof other === "number") return typeof one === "number" ? -1 : 1;
  return collator.compare(plainText(one), plainText(other));
}
