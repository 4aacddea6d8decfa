import { describe, expect, it } from "vitest";
import { mend } from "./mend";

describe("mend", () => {
  it.each([
    ["a **bo", "a **bo**"],
    ["a **bold*", "a **bold**"],
    ["a **bold**", "a **bold**"],
    ["a *it **bo", "a *it **bo***"],
    ["a ~~st", "a ~~st~~"],
    ["run `ma", "run `ma`"],
    ["run `a*b", "run `a*b`"],
    ["3 * 4", "3 * 4"],
    ["snake_case", "snake_case"],
    ["done. **Old**\n\nnew *te", "done. **Old**\n\nnew *te*"],
  ])("closes %j", (text, shown) => expect(mend(text)).toBe(shown));

  it.each([
    ["see [the pl", "see the pl"],
    ["see [the plan](https://exa", "see the plan"],
    ["see [the plan](https://example.com)", "see [the plan](https://example.com)"],
    ["a ![cat](https://e", "a "],
  ])("shows the words of half a link %j", (text, shown) => expect(mend(text)).toBe(shown));

  it.each([
    ["Title\n-", "Title\n"],
    ["Title\n==", "Title\n"],
    ["a\n\n1.", "a\n\n"],
    ["a\n\n##", "a\n\n"],
    ["a\n``", "a\n"],
    ["a\n\n$$\nx^2", "a\n\n"],
  ])("holds back a mark that may become another %j", (text, shown) => expect(mend(text)).toBe(shown));

  it("shows a table from its second line on", () => {
    expect(mend("T\n\n| a | b")).toBe("T\n");
    expect(mend("T\n\n| a | b |\n|--")).toBe("T\n");
    const head = "T\n\n| a | b |\n|---|---|\n| 1";
    expect(mend(head)).toBe(head);
  });
});
