import { expect, test } from "vitest";
import { sessionsSearch } from "./search";

test("filters are read from an address", () => {
  const given = { which: "shared", state: "waiting", app: "trip:trip", text: 42, deleted: true };
  expect(sessionsSearch(given)).toEqual({ ...given, text: "42" });
});

test("what fits no filter, and what is the same without, is left out", () => {
  expect(sessionsSearch({ which: "mine", state: "on fire", app: 3, text: "", deleted: "yes", more: 1 })).toEqual({});
});
