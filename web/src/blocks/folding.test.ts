import { expect, test } from "vitest";
import { foldedOf, piecesOf } from "./folding";

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${String(at)}`).join("\n");

test("a text folds behind its first lines once it is well longer than them", () => {
  expect(foldedOf("")).toBeNull();
  expect(foldedOf(lines(80))).toBeNull();
  const text = lines(4000);
  const folded = foldedOf(text);
  expect(folded?.lines).toBe(4000);
  expect(text.slice(0, folded?.cut)).toBe(`${lines(60)}\n`);
  expect(foldedOf(`${text}\n`)?.lines).toBe(4000);
});

test("a line that is very long folds, too", () => {
  expect(foldedOf("x".repeat(100_000))).toEqual({ cut: 20_000, lines: 1 });
});

test("a text is the whole of its pieces", () => {
  for (const text of ["", "a", "\n", lines(199), lines(200), `${lines(400)}\n`, `${"\n".repeat(450)}end`]) {
    expect(piecesOf(text).join("")).toBe(text);
  }
  expect(piecesOf(lines(4000))).toHaveLength(20);
});
