import type { Blocks } from "../../document/model";

type Column = NonNullable<Blocks["table"]["columns"]>[number];

/** A list of records with the same fields, none of them nested, as a table; null for anything else. */
export function asTable(value: unknown): Blocks["table"] | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) return null;
  const names = Object.keys(value[0] ?? {});
  const alike = value.every((row) => Object.keys(row).length === names.length && names.every((name) => name in row));
  if (!alike || names.length === 0) return null;
  const rows = value.map((row) => names.map((name) => row[name]));
  if (rows.some((row) => row.some((cell) => typeof cell === "object" && cell !== null))) return null;
  return { columns: names.map((name, at) => ({ name, type: typeOf(rows.map((row) => row[at])) })), rows };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function typeOf(cells: unknown[]): Column["type"] {
  const kinds = new Set(cells.filter((cell) => cell !== null).map((cell) => typeof cell));
  const [kind] = kinds;
  if (kinds.size !== 1) return "any";
  return kind === "number" || kind === "boolean" ? kind : "text";
}
