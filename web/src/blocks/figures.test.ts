import { expect, it } from "vitest";
import { duration, number, roughly } from "./figures";

it.each([
  [0.34, "340 ms"],
  [0.9996, "1.0 s"],
  [4.21, "4.2 s"],
  [9.96, "10 s"],
  [59.6, "1 min"],
  [74.2, "1 min 14 s"],
  [3600, "1 h"],
  [5430, "1 h 31 min"],
  [90_000, "1 day 1 h"],
])("says %d seconds as %s", (seconds, words) => expect(duration(seconds)).toBe(words));

it.each([
  [0.2, "1 second"],
  [16.7, "20 seconds"],
  [56, "1 minute"],
  [190, "3 minutes"],
  [7000, "2 hours"],
  [190_000, "2 days"],
])("says about %d seconds as %s", (seconds, words) => expect(roughly(seconds)).toBe(words));

it.each([
  [2026, "2026"],
  [12_345.678, "12,345.678"],
  [6.02e23, "6.02E23"],
  [0.00000123456, "0.000001235"],
  [0, "0"],
])("says the number %d as %s", (value, words) => expect(number(value)).toBe(words));
