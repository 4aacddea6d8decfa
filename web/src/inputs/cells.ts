// The cells of a table that is edited: from text to values of a column's type and back, and what is pasted.
import type { Column as WireColumn } from "../document/wire";

export type Column = WireColumn;

/** More rows than these the server takes from nobody. */
export const MAX_ROWS = 10_000;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Whether a value may stand in a column; an empty cell always may. */
export function fits(column: Column, cell: unknown): boolean {
  if (cell === null) return true;
  switch (column.type ?? "any") {
    case "number":
      return typeof cell === "number" && Number.isFinite(cell);
    case "boolean":
      return typeof cell === "boolean";
    case "text":
      return typeof cell === "string";
    case "date":
      return typeof cell === "string" && /^\d{4}-\d{2}-\d{2}$/.test(cell);
    case "datetime":
      return typeof cell === "string" && /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/.test(cell);
    default:
      return true;
  }
}

const WORDS: Record<string, boolean> = {
  true: true,
  yes: true,
  x: true,
  "1": true,
  false: false,
  no: false,
  "0": false,
};

/** The value that a text stands for in a column; the text itself where it stands for none. */
export function valueOf(column: Column, text: string): unknown {
  const type = column.type ?? "any";
  if (type === "text") return text;
  const plain = text.trim();
  if (plain === "") return null;
  if (type === "number") {
    const number = plain.replace(/[\s\u00a0\u202f']/g, "").replace(/^([+-]?\d*),(\d+)$/, "$1.$2");
    return NUMBER.test(number) ? Number(number) : text;
  }
  if (type === "boolean") return WORDS[plain.toLowerCase()] ?? text;
  if (type === "any") return NUMBER.test(plain) && String(Number(plain)) === plain ? Number(plain) : text;
  return plain;
}

/** A value as it is edited. */
export function textIn(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

/** Take apart what a spreadsheet puts on the clipboard: tabs between cells, quotes around cells with line breaks. */
export function pasted(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"(?=[\t\r\n]|$)|[^\t\r\n]*)(\t|\r\n|\n|\r|$)/g;
  for (const [all, content = "", end] of text.matchAll(cell)) {
    if (all === "" && (rows.length > 1 || (rows[0]?.length ?? 0) > 0) && !text.endsWith("\t")) break;
    const quoted = content.startsWith('"') && content.endsWith('"') && content.length > 1;
    rows.at(-1)?.push(quoted ? content.slice(1, -1).replaceAll('""', '"') : content);
    if (end === "") break;
    if (end !== "\t") rows.push([]);
  }
  return rows.at(-1)?.length === 0 ? rows.slice(0, -1) : rows;
}

/** Put cells into a table from a place on; rows are added where they may be. */
export function spread(
  rows: readonly (readonly unknown[])[],
  columns: readonly Column[],
  at: { row: number; column: number },
  given: { cells: readonly (readonly string[])[]; fixed: boolean },
): unknown[][] {
  const next = rows.map((row) => [...row]);
  for (const [down, cells] of given.cells.entries()) {
    const index = at.row + down;
    if (index >= next.length && (given.fixed || next.length >= MAX_ROWS)) break;
    const row = (next[index] ??= columns.map(() => null));
    for (const [right, text] of cells.entries()) {
      const column = columns[at.column + right];
      if (column !== undefined) row[at.column + right] = valueOf(column, text);
    }
  }
  return next;
}
