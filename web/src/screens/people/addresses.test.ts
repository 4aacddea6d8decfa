import { describe, expect, it } from "vitest";
import { addressesIn, isAddress } from "./addresses";

describe("pasted addresses", () => {
  it.each([
    ["ada@example.com", ["ada@example.com"]],
    ["ada@example.com, bob@example.com;cy@example.com", ["ada@example.com", "bob@example.com", "cy@example.com"]],
    ["ada@example.com bob@example.com\n\ncy@example.com\r\n", ["ada@example.com", "bob@example.com", "cy@example.com"]],
    ['"Lovelace" <ada@example.com>, Bob B. <bob@example.com>', ["ada@example.com", "bob@example.com"]],
    ["mailto:ada@example.com", ["ada@example.com"]],
    ["ada@example.com, ADA@example.com", ["ADA@example.com"]],
    ["ada@example.com, not one", ["ada@example.com", "not one"]],
    [" ,;\n", []],
  ])("are taken out of %j", (text, found) => expect(addressesIn(text)).toEqual(found));

  it.each(["ada", "@example.com", "ada@", "a b@example.com", `${"a".repeat(250)}@b.com`])("refuse %j", (text) =>
    expect(isAddress(text)).toBe(false),
  );
});
