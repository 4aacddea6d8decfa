import { expect, test } from "vitest";
import { fit, fitting } from "./match";

test("all words that were typed must be there, in any order and case", () => {
  expect(fit("Weather report", "REP wea")).toBeGreaterThan(0);
  expect(fit("Weather report", "weather map")).toBe(0);
});

test("accents make no difference", () => {
  expect(fit("Café Zoë", "cafe zoe")).toBeGreaterThan(0);
});

test("what begins with it comes first", () => {
  const names = ["Transport", "A port", "Port"];
  expect(fitting(names, "port", (name) => name)).toEqual(["Port", "A port", "Transport"]);
});

test("without words the order stays, up to the limit", () => {
  expect(fitting(["b", "a", "c"], " ", (name) => name, 2)).toEqual(["b", "a"]);
});
