import { expect, test } from "vitest";
import { answer, busy, few, first, keepable, numberOf, restored, wrongs } from "./values";

test("a number is read as people write it", () => {
  expect(numberOf("1,5")).toBe(1.5);
  expect(numberOf(" -2.25 ")).toBe(-2.25);
  expect(numberOf("1 200")).toBe(1200);
  expect(numberOf("1,2,3")).toBeNull();
  expect(numberOf("two")).toBeNull();
});

test("a control starts with the default, or with what it can't be without", () => {
  expect(first("text", {})).toBeNull();
  expect(first("slider", { min: 3, max: 9 })).toBe(3);
  expect(first("choose_many", { options: ["a"] })).toEqual([]);
  expect(first("edit_table", { columns: [], rows: [[1]] })).toEqual([[1]]);
  const fields = [{ input: "f1", name: "a", kind: "slider", spec: { min: 1, max: 2 } }];
  expect(first("form", { fields })).toEqual({ f1: 1 });
});

test("text that is empty is no answer", () => {
  expect(answer("text", {}, "")).toBeNull();
  expect(answer("number", {}, "2,5")).toBe(2.5);
  expect(answer("number", {}, "two")).toBe("two");
});

test("an answer that is surely wrong is not sent", () => {
  expect(wrongs("text", {}, null)).toHaveProperty([""]);
  expect(wrongs("text", { optional: true }, null)).toEqual({});
  expect(wrongs("text", { max_length: 3 }, "four")).toHaveProperty([""]);
  expect(wrongs("text", { max_length: 1 }, "😀")).toEqual({});
  expect(wrongs("number", { integer: true }, 1.5)).toHaveProperty([""]);
  expect(wrongs("number", { min: 1, max: 3 }, 4)).toHaveProperty([""]);
  expect(wrongs("number", { min: 1, max: 3 }, 3)).toEqual({});
  expect(wrongs("choose_many", { options: [] }, [])).toEqual({});
  expect(wrongs("choose_many", { options: ["a", "b"], min: 2 }, ["a"])).toHaveProperty([""]);
  expect(wrongs("date", { max: "2026-01-01" }, "2026-01-02")).toHaveProperty([""]);
  expect(wrongs("date", {}, "soon")).toHaveProperty([""]);
  expect(wrongs("datetime", {}, "2026-01-02 ")).toHaveProperty([""]);
  expect(wrongs("datetime", {}, "2026-01-02T10:00+01:00")).toEqual({});
});

test("a form tells what is wrong by its fields", () => {
  const fields = [
    { input: "f1", name: "a", kind: "text" },
    { input: "f2", name: "b", kind: "number", spec: { optional: true } },
  ];
  expect(Object.keys(wrongs("form", { fields }, { f1: null, f2: null }))).toEqual(["f1"]);
  expect(answer("form", { fields }, { f1: "x", f2: "3" })).toEqual({ f1: "x", f2: 3 });
});

const KEPT = { key: "1", name: "a.csv", size_bytes: 1, share: 1, ref: { sha256: "a" } };
const GOING = { key: "2", name: "b.csv", size_bytes: 1, share: 0.5, ref: null };

test("files that are on their way are waited for, and only what has arrived is an answer", () => {
  expect(busy("upload", {}, [KEPT, GOING])).toBe(true);
  expect(busy("upload", {}, [KEPT, { ...GOING, failed: "cut off" }])).toBe(false);
  expect(answer("upload", {}, [KEPT, GOING])).toEqual([{ sha256: "a" }]);
  expect(keepable("upload", {}, [KEPT, GOING])).toEqual([KEPT]);
});

test("nothing secret is kept", () => {
  const fields = [
    { input: "f1", name: "user", kind: "text" },
    { input: "f2", name: "password", kind: "text", spec: { secret: true } },
  ];
  expect(keepable("text", { secret: true }, "hunter2")).toBeUndefined();
  expect(keepable("form", { fields }, { f1: "ada", f2: "hunter2" })).toEqual({ f1: "ada" });
  expect(restored("form", { fields }, { f1: "ada" })).toEqual({ f1: "ada", f2: null });
});

test("few short options stand side by side", () => {
  expect(few(["a", "b"])).toBe(true);
  expect(few(["a", "a"])).toBe(false);
  expect(few(Array.from({ length: 7 }, String))).toBe(false);
});
