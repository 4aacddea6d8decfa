import { expect, test } from "vitest";
import { fileName, holdsFiles } from "./calls";

test("a file is found wherever it stands in the arguments", () => {
  const file = { sha256: "0f", name: "a.csv", type: "text/csv", size_bytes: 3 };
  expect(holdsFiles({ sheets: [{ inner: file }] })).toBe(true);
  expect(holdsFiles({ name: "a.csv", rows: [1, null, "x"] })).toBe(false);
});

test.each([
  ["Trip: Lisbon / Porto?", "Trip Lisbon Porto"],
  ["..", "session"],
  ["", "session"],
  ["x".repeat(200), "x".repeat(100)],
])("%j is saved as %j", (title, name) => {
  expect(fileName(title)).toBe(name);
});
