import { expect, test } from "vitest";
import { dayOf } from "./days";
import { dayTimeOf, offsetAt } from "./moments";
import { answer } from "./values";

test("a day is read as people type it", () => {
  expect(dayOf("2026-12-24")).toBe("2026-12-24");
  expect(dayOf("24 Dec 2026")).toBe("2026-12-24");
  expect(dayOf("December 24, 2026")).toBe("2026-12-24");
  expect(dayOf("24.12.2026")).toBe("2026-12-24");
  expect(dayOf("2026-02-30")).toBeNull();
  expect(dayOf("soon")).toBeNull();
});

test("a moment names its offset, a local time does not", () => {
  const offset = offsetAt("2026-12-24", "18:00");
  expect(offset).toMatch(/^[+-]\d{2}:\d{2}$/);
  expect(answer("datetime", {}, { day: "2026-12-24", time: "18:00", zoned: true })).toBe(`2026-12-24T18:00${offset}`);
  expect(answer("datetime", {}, dayTimeOf("2026-12-24T18:00:00"))).toBe("2026-12-24T18:00");
  expect(dayTimeOf(`2026-12-24T18:00:30${offset}`)).toEqual({ day: "2026-12-24", time: "18:00:30", zoned: true });
  expect(answer("datetime", {}, { day: null, time: "", zoned: true })).toBeNull();
});

test("a moment keeps what it is", () => {
  const moment = "2026-12-24T18:00:00+01:00";
  const same = answer("datetime", {}, dayTimeOf(moment));
  expect(new Date(String(same)).getTime()).toBe(new Date(moment).getTime());
});
