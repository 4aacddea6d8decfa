import { expect, test } from "vitest";
import { asTable } from "./results";

test("records with the same fields are a table", () => {
  const value = [
    { city: "Porto", days: 3 },
    { days: null, city: "Lisbon" },
  ];
  expect(asTable(value)).toEqual({
    columns: [
      { name: "city", type: "text" },
      { name: "days", type: "number" },
    ],
    rows: [
      ["Porto", 3],
      ["Lisbon", null],
    ],
  });
});

test.each([[[]], [[1, 2]], [[{ a: 1 }, { b: 2 }]], [[{ a: { b: 1 } }]], [[{}]], [{ a: 1 }], ["text"], [null]])(
  "%j is none",
  (value) => {
    expect(asTable(value)).toBeNull();
  },
);
