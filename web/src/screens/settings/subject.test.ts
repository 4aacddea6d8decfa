import { describe, expect, it } from "vitest";
import type { Entry } from "./queries";
import { subject } from "./subject";

const entry = (given: Partial<Entry>): Entry => ({
  id: "1",
  at: "2026-11-01T10:00:00Z",
  verb: "member.set_role",
  result: "ok",
  code: null,
  actor: null,
  act_as: null,
  login_session_id: null,
  token_id: null,
  ip: "",
  user_agent: "",
  request_id: "",
  target: null,
  details: {},
  ...given,
});

describe("what an entry is about", () => {
  it.each([
    [{ details: { user: "u1", role: "admin", was: "viewer" } }, "Ada, viewer → admin"],
    [{ details: { user: "u2", role: "member" } }, "a former member, member"],
    [{ details: { email: "bob@example.com", role: "owner" } }, "bob@example.com, owner"],
    [{ details: {}, target: { type: "member", id: "u1" } }, "Ada"],
    [{ details: { name: "notes.md" } }, "notes.md"],
    [{ result: "denied", code: "role.too_low" }, "role.too_low"],
    [{ details: { settings: { retention_days: 3 } } }, null],
  ] satisfies [Partial<Entry>, string | null][])("is told: %j", (given, told) =>
    expect(subject(entry(given), (user) => (user === "u1" ? "Ada" : null))).toBe(told),
  );
});
