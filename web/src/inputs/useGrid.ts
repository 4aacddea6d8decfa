// What is done in a table that is edited, by keys, by pasting and by buttons.
import type { ClipboardEvent, KeyboardEvent, RefObject } from "react";
import type { Inputs } from "../document/model";
import { pasted, spread } from "./cells";

/** The cells of one row. */
export type Row = readonly unknown[];

interface Grid {
  spec: Inputs["edit_table"];
  rows: readonly Row[];
  place: RefObject<HTMLElement | null>;
  update(next: (now: unknown) => unknown): void;
  /** Bring a row into sight. */
  reveal(row: number): void;
}

/** The name by which a cell is found again. */
export const nameOf = (row: number, column: number): string => `${row}:${column}`;

function cellOf(target: EventTarget): { row: number; column: number } | null {
  const [row, column] = ((target instanceof HTMLElement && target.dataset.cell) || "").split(":").map(Number);
  return row === undefined || column === undefined ? null : { row, column };
}

/** By how many rows a key goes on. Arrows change what a field for days shows. */
function stepOf({ key, shiftKey, target }: KeyboardEvent): number {
  if (key === "Enter") return shiftKey ? -1 : 1;
  if (target instanceof HTMLInputElement && target.type.startsWith("date")) return 0;
  return key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
}

/** The doings of a table that is edited. */
export function useGrid({ spec, rows, place, update, reveal }: Grid) {
  const change = (next: (now: readonly Row[]) => readonly Row[]) => update((now) => next(now as readonly Row[]));
  const go = (row: number, column: number) => {
    reveal(row);
    const focus = () => place.current?.querySelector<HTMLElement>(`[data-cell="${nameOf(row, column)}"]`)?.focus();
    requestAnimationFrame(focus);
  };
  const add = () => {
    change((now) => [...now, spec.columns.map(() => null)]);
    go(rows.length, 0);
  };
  const remove = (row: number) => {
    change((now) => now.filter((_, at) => at !== row));
    go(Math.max(0, Math.min(row, rows.length - 2)), 0);
  };
  const put = (row: number, column: number, value: unknown) =>
    change((now) => now.map((cells, at) => (at === row ? cells.with(column, value) : cells)));
  const onKeyDown = (event: KeyboardEvent) => {
    const at = cellOf(event.target);
    if (at === null || event.nativeEvent.isComposing) return;
    const step = stepOf(event);
    if (step === 0) return;
    event.preventDefault(); // Enter in a field would send the answer
    const to = at.row + step;
    if (to >= 0 && to < rows.length) go(to, at.column);
    else if (to >= rows.length && event.key === "Enter" && !spec.fixed) add();
  };
  const onPaste = (event: ClipboardEvent) => {
    const at = cellOf(event.target);
    const text = event.clipboardData.getData("text/plain").replace(/[\r\n]+$/, "");
    if (at === null || !/[\t\n\r]/.test(text)) return;
    event.preventDefault();
    const given = { cells: pasted(text), fixed: spec.fixed ?? false };
    change((now) => spread(now, spec.columns, at, given));
  };
  return { add, remove, put, onKeyDown, onPaste };
}
