import { expect, it, vi } from "vitest";
import type { Told } from "./apply";
import { DocumentStore } from "./store";
import type * as wire from "./wire";

/** A store whose frames come when the test says so, and a way to tell it events in order. */
function begun(document?: wire.Document) {
  let run: (() => void) | null = null;
  const store = new DocumentStore((next) => {
    run = next;
    return () => (run = null);
  });
  if (document !== undefined) store.load(document);
  let seq = document?.seq ?? 0;
  return {
    store,
    tell(kind: string, fields: object) {
      seq += 1;
      store.apply(kind, { event: kind, seq, at: "2030-01-01T00:00:00Z", ...fields } as Told);
    },
    frame: () => run?.(),
  };
}

it("shows what came once a frame, and tells who watches once", () => {
  const { store, tell, frame } = begun();
  const told = vi.fn();
  const none = vi.fn();
  store.watch("block:b1", told);
  store.watch("block:b2", none);
  tell("block.opened", { block: "b1", kind: "markdown" });
  for (let n = 0; n < 100; n += 1) tell("block.appended", { block: "b1", text: "x" });
  expect(store.block("b1")).toBeUndefined();
  frame();
  expect(store.block("b1")?.props.text).toBe("x".repeat(100));
  expect(told).toHaveBeenCalledTimes(1);
  expect(none).not.toHaveBeenCalled();
});

it("gives the same objects for what has not changed", () => {
  const { store, tell, frame } = begun({ seq: 1, blocks: { a: { kind: "markdown", closed: true } } });
  const [block, top] = [store.block("a"), store.children(null)];
  tell("block.opened", { block: "s", kind: "section" });
  tell("block.opened", { block: "s1", kind: "markdown", parent: "s" });
  frame();
  expect(store.block("a")).toBe(block);
  expect(store.children(null)).not.toBe(top);
  const now = store.children(null);
  tell("block.opened", { block: "s2", kind: "markdown", parent: "s" });
  frame();
  expect(store.children(null)).toBe(now);
  expect(store.children("s")).toEqual(["s1", "s2"]);
});

it("never changes what it gave out", () => {
  const { store, tell, frame } = begun();
  tell("block.opened", { block: "t", kind: "table", props: { rows: [[1]] } });
  frame();
  const before = store.block("t");
  tell("block.appended", { block: "t", rows: [[2]] });
  frame();
  expect(before?.props.rows).toEqual([[1]]);
  expect(store.block("t")?.props.rows).toEqual([[1], [2]]);
});

it("takes each event once, and begins anew with a document", () => {
  const { store, tell, frame } = begun({ seq: 5, blocks: { a: { kind: "markdown", props: { text: "a" } } } });
  store.apply("block.appended", { seq: 5, event: "block.appended", block: "a", text: "twice" });
  tell("block.appended", { block: "a", text: "b" });
  frame();
  expect(store.block("a")?.props.text).toBe("ab");
  store.apply("document.snapshot", { stream: "session:1", seq: 2, blocks: { z: { kind: "code" } } });
  expect(store.children(null)).toEqual(["z"]);
  expect(store.block("a")).toBeUndefined();
  expect(store.head().seq).toBe(2);
});

it("knows which questions are open, the oldest first", () => {
  const { store, tell, frame } = begun();
  const told = vi.fn();
  store.watch("open", told);
  tell("input.requested", { input: "i1", block: "q1", kind: "text" });
  tell("input.requested", { input: "i2", block: "q2", kind: "text" });
  frame();
  expect(store.open()).toEqual(["i1", "i2"]);
  tell("input.requested", { input: "i1", block: "q1", kind: "text" });
  frame();
  expect(store.open()).toEqual(["i2", "i1"]);
  tell("input.submitted", { input: "i2", value: "x", by: { id: "u", name: "Ada" } });
  frame();
  expect(store.open()).toEqual(["i1"]);
  expect(store.input("i2")).toMatchObject({ state: "submitted", value: "x", by: { name: "Ada" } });
  tell("session.completed", { result: 1 });
  frame();
  expect(store.open()).toEqual([]);
  expect(store.head()).toMatchObject({ over: true, state: "completed", result: 1 });
  expect(told).toHaveBeenCalledTimes(4);
});

it("does not tell of the head for the position alone", () => {
  const { store, tell, frame } = begun({ seq: 1, state: "running" });
  const told = vi.fn();
  store.watch("head", told);
  tell("block.opened", { block: "b", kind: "note" });
  frame();
  expect(told).not.toHaveBeenCalled();
  expect(store.head().seq).toBe(2);
  tell("session.retitled", { title: "New" });
  frame();
  expect(told).toHaveBeenCalledTimes(1);
});

it("ends a watch, also while others are told", () => {
  const { store, tell, frame } = begun();
  const second = vi.fn();
  const leave = store.watch("any", second);
  const first = vi.fn(() => leave());
  store.watch("any", first);
  tell("block.opened", { block: "b", kind: "note" });
  frame();
  tell("block.opened", { block: "c", kind: "note" });
  frame();
  expect(first).toHaveBeenCalledTimes(2);
  expect(second).toHaveBeenCalledTimes(1);
});

it("bears what makes no sense", () => {
  const { store, tell, frame } = begun({ seq: 1, blocks: { lost: { kind: "note", parent: "nowhere" } } });
  tell("block.opened", { block: "x", kind: "markdown", parent: "gone" });
  tell("block.appended", { block: "gone", text: "x" });
  tell("block.removed", { block: "gone" });
  tell("input.submitted", { input: "gone" });
  tell("no.such.event", { block: 7 });
  tell("constructor", {});
  tell("block.opened", { block: "self", kind: "section" });
  tell("block.opened", { block: "self", kind: "section", parent: "self" });
  tell("block.opened", { block: "m", kind: "markdown", props: { text: 7 } });
  tell("block.appended", { block: "m", text: "now text" });
  tell("block.updated", { block: "m", props: JSON.parse('{"__proto__": {"text": "x"}, "other": 1}') as object });
  frame();
  expect(store.children(null)).toEqual(["m"]);
  expect(store.block("m")?.props).toMatchObject({ text: "now text", other: 1 });
  expect(store.head().seq).toBe(12);
});

it("folds a long text in time linear in its length", () => {
  const { store, tell, frame } = begun();
  tell("block.opened", { block: "b", kind: "markdown" });
  tell("block.opened", { block: "t", kind: "table" });
  const from = performance.now();
  for (let n = 0; n < 100_000; n += 1) tell("block.appended", { block: "b", text: "a chunk of text " });
  for (let n = 0; n < 20_000; n += 1) tell("block.appended", { block: "t", rows: [[n]] });
  frame();
  expect((store.block("b")?.props.text as string).length).toBe(1_600_000);
  expect(store.block("t")?.props.rows).toHaveLength(20_000);
  expect(performance.now() - from).toBeLessThan(2000);
});
