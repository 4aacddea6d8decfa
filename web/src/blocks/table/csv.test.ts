import { expect, it } from "vitest";
import { csv } from "./csv";

it("writes what spreadsheets read", () => {
  const text = csv(
    ["a", 'b"c'],
    [
      ["x,y", 1],
      [null, true],
      ["two\nlines", { a: [1] }],
    ],
  );
  expect(text).toBe('\ufeffa,"b""c"\r\n"x,y",1\r\n,true\r\n"two\nlines","{""a"":[1]}"\r\n');
});

it("lets no text be a formula, and numbers be numbers", () => {
  const formulas = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "  =1", "\r=1", "|x", "%0A=1"];
  for (const formula of formulas) expect(csv([formula], [])).toMatch(/^\ufeff"?'/);
  expect(csv(["n"], [[-5], [+3]])).toBe("\ufeffn\r\n-5\r\n3\r\n");
});
