import { describe, expect, it } from "vitest";
import { inSeconds, inUnits, SLUG, within } from "./parts";

describe("a time", () => {
  it.each([
    [1, 1, "s"],
    [59, 59, "s"],
    [60, 1, "min"],
    [90, 90, "s"],
    [5400, 90, "min"],
    [7200, 2, "h"],
    [86400, 24, "h"],
  ] as const)("of %d seconds is shown as %d %s and comes back", (seconds, amount, unit) => {
    expect(inUnits(seconds)).toEqual({ amount, unit });
    expect(inSeconds(amount, unit)).toBe(seconds);
  });

  it("may be left out", () => expect(inSeconds("", "h")).toBeNull());
  it("may be a part of a unit", () => expect(inSeconds(1.5, "min")).toBe(90));
});

describe("a number", () => {
  it("may be left out", () => expect(within("", 1, 10)).toBe(true));
  it.each([1, 10, "7"])("fits: %s", (amount) => expect(within(amount, 1, 10)).toBe(true));
  it.each([0, 11, 1.5, "-", "many"])("does not fit: %s", (amount) => expect(within(amount, 1, 10)).toBe(false));
});

describe("an address", () => {
  it.each(["a", "tea-house", "7"])("may be %s", (slug) => expect(SLUG.test(slug)).toBe(true));
  it.each(["", "-a", "a-", "A", "a b", "ä", "a".repeat(64)])("may not be %j", (slug) =>
    expect(SLUG.test(slug)).toBe(false),
  );
});
