import { expect, it, vi } from "vitest";
import { DocumentStore } from "../document/store";
import type { Document } from "../document/wire";
import { Rows } from "./rows";

/** A document whose frames come at once when the test says so. */
function begun(blocks: Document["blocks"]) {
  const store = new DocumentStore(() => () => undefined);
  store.load({ seq: 1, blocks });
  let seq = 1;
  const tell = (kind: string, fields: object) => {
    store.apply(kind, { event: kind, seq: (seq += 1), ...fields });
    store.flush();
  };
  return { store, tell, rows: new Rows(store) };
}

const shown = (rows: Rows) => rows.all().map(({ key, show, depth }) => `${"  ".repeat(depth)}${show} ${key}`);

it("makes rows of sections, in reading order and however deep", () => {
  const { rows } = begun({
    a: { kind: "note" },
    s: { kind: "section", props: { title: "S" } },
    b: { kind: "table", parent: "s" },
    t: { kind: "section", parent: "s", props: { title: "T" } },
    c: { kind: "markdown", parent: "t", props: { text: "c" } },
    d: { kind: "columns" },
    e: { kind: "column", parent: "d" },
    f: { kind: "note", parent: "s" },
  });
  expect(shown(rows)).toEqual([
    "block a",
    "heading s",
    "  block b",
    "  heading t",
    "    text c",
    "  block f",
    "block d",
  ]);
});

it("cuts a text into more rows as it grows, and leaves the others as they are", () => {
  const { store, tell, rows } = begun({ a: { kind: "markdown", closed: true }, b: { kind: "markdown" } });
  const told = vi.fn();
  rows.watch(told);
  const [first] = rows.all();
  tell("block.appended", { block: "b", text: "A line.\n\n" });
  expect(told).not.toHaveBeenCalled();
  tell("block.appended", { block: "b", text: "A line.\n\n".repeat(3000) });
  expect(told).toHaveBeenCalledTimes(1);
  expect(rows.all()[0]).toBe(first);
  expect(rows.long).toBe(true);
  const block = store.block("b");
  if (block === undefined) throw new Error("it is there");
  expect(rows.all()).toHaveLength(1 + rows.groups(block).length);
  expect(new Set(rows.all().map(({ key }) => key)).size).toBe(rows.all().length);
});

it("knows of what comes and goes inside of sections", () => {
  const { tell, rows } = begun({ s: { kind: "section" } });
  const told = vi.fn();
  const leave = rows.watch(told);
  tell("block.opened", { block: "n", kind: "note", parent: "s" });
  expect(shown(rows)).toEqual(["heading s", "  block n"]);
  tell("block.removed", { block: "s" });
  expect(shown(rows)).toEqual([]);
  expect(told).toHaveBeenCalledTimes(2);
  leave();
  tell("block.opened", { block: "m", kind: "note" });
  expect(told).toHaveBeenCalledTimes(2);
});

it("bears sections that are nested without end", () => {
  const blocks: Record<string, { kind: string; parent: string | null }> = {};
  for (let n = 0; n < 20_000; n += 1)
    blocks[`s${String(n)}`] = { kind: "section", parent: n ? `s${String(n - 1)}` : null };
  expect(begun(blocks).rows.all()).toHaveLength(20_000);
});
