import { expect, test } from "vitest";
import { fits, pasted, spread, valueOf } from "./cells";

const TEXT = { name: "item", type: "text" } as const;
const NUMBER = { name: "euros", type: "number" } as const;
const YES = { name: "paid", type: "boolean" } as const;

test("text becomes a value of the column's type, or stays text that does not fit", () => {
  expect(valueOf(NUMBER, "1,5")).toBe(1.5);
  expect(valueOf(NUMBER, "-3e2")).toBe(-300);
  expect(valueOf(NUMBER, "")).toBeNull();
  expect(valueOf(NUMBER, "much")).toBe("much");
  expect(fits(NUMBER, "much")).toBe(false);
  expect(valueOf(TEXT, "12")).toBe("12");
  expect(valueOf(YES, "TRUE")).toBe(true);
  expect(valueOf({ name: "x" }, "12")).toBe(12);
  expect(valueOf({ name: "x" }, "012")).toBe("012");
});

test("what a spreadsheet copies is taken apart", () => {
  expect(pasted("a\tb\nc\td\n")).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  expect(pasted("a\r\nb")).toEqual([["a"], ["b"]]);
  expect(pasted('"two\nlines"\t"say ""hi"""')).toEqual([["two\nlines", 'say "hi"']]);
  expect(pasted("a\t\tc")).toEqual([["a", "", "c"]]);
  expect(pasted("a\t")).toEqual([["a", ""]]);
  expect(pasted('5" pipe\t1')).toEqual([['5" pipe', "1"]]);
});

test("what is pasted fills cells from a place on, and adds rows where it may", () => {
  const rows = [
    ["pen", 1],
    ["ink", 2],
  ];
  const cells = [
    ["nib", "3"],
    ["cap", "4"],
  ];
  const at = { row: 1, column: 0 };
  expect(spread(rows, [TEXT, NUMBER], at, { cells, fixed: false })).toEqual([
    ["pen", 1],
    ["nib", 3],
    ["cap", 4],
  ]);
  expect(spread(rows, [TEXT, NUMBER], at, { cells, fixed: true })).toEqual([
    ["pen", 1],
    ["nib", 3],
  ]);
  expect(spread(rows, [TEXT, NUMBER], { row: 0, column: 1 }, { cells: [["7", "too far"]], fixed: true })[0]).toEqual([
    "pen",
    7,
  ]);
});
