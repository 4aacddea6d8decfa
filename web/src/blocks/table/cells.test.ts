import { expect, it } from "vitest";
import { compare, isNumeric, plainText, shownBy } from "./cells";

it("gives the numbers of a column as many decimals", () => {
  const rows = [[1], [2.5], [10_000], [null], [2026]];
  const show = shownBy({ name: "n" }, rows, 0);
  expect(rows.map(([value]) => show(value))).toEqual(["1.0", "2.5", "10,000.0", "", "2026.0"]);
});

it("shows whole numbers whole, tiny and huge ones in short", () => {
  const show = shownBy({ name: "n", type: "number" }, [[1], [2]], 0);
  expect(show(2026)).toBe("2026");
  expect(show(1e21)).toBe("1E21");
  expect(show(0.0000012)).toBe("0.0000012");
});

it("shows days, and what is no day as it is", () => {
  const show = shownBy({ name: "d", type: "date" }, [], 0);
  expect(show("2026-03-02")).toBe("Mar 2, 2026");
  expect(show("soon")).toBe("soon");
  expect(show(null)).toBe("");
});

it("knows columns of numbers without being told", () => {
  expect(isNumeric({ name: "n" }, [[1], [null]], 0)).toBe(true);
  expect(isNumeric({ name: "n" }, [[1], ["a"]], 0)).toBe(false);
  expect(isNumeric({ name: "n" }, [], 0)).toBe(false);
});

it("sorts numbers by size and words as people do", () => {
  expect([10, 9, "b10", "b9", "A"].sort(compare)).toEqual([9, 10, "A", "b9", "b10"]);
});

it("says what is nested as JSON", () => {
  expect(plainText({ a: [1] })).toBe('{"a":[1]}');
  expect(plainText(false)).toBe("no");
});
