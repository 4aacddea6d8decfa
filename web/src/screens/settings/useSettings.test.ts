import { describe, expect, it } from "vitest";
import type { Workspace } from "../../api/here";
import { changeOf, valuesOf, type Values } from "./useSettings";

const workspace: Workspace = {
  id: "w",
  name: "Tea",
  slug: "tea",
  role: "owner",
  settings: { default_agent: null, allow_invites: true, retention_days: 30, hibernate_after_s: 5400 },
  created_at: "2026-11-01T10:00:00Z",
  version: 1,
};
const shown = valuesOf(workspace);

describe("the form of settings", () => {
  it("shows times in the unit that fits", () =>
    expect(shown).toEqual({
      name: "Tea",
      slug: "tea",
      allowInvites: true,
      retentionDays: 30,
      hibernateAfter: 90,
      hibernateUnit: "min",
      maxSessions: "",
    }));

  it.each([
    [{}, {}],
    [{ name: " Coffee " }, { name: "Coffee" }],
    [{ retentionDays: "" }, { settings: { retention_days: null } }],
    [{ hibernateAfter: 5400, hibernateUnit: "s" }, {}],
    [{ hibernateAfter: 2, hibernateUnit: "h" }, { settings: { hibernate_after_s: 7200 } }],
    [{ hibernateAfter: "" }, { settings: { hibernate_after_s: null } }],
    [{ allowInvites: false, maxSessions: 3 }, { settings: { allow_invites: false, max_sessions_per_user: 3 } }],
  ] satisfies [Partial<Values>, object][])("tells the server what changed alone: %j", (typed, told) =>
    expect(changeOf({ ...shown, ...typed }, shown)).toEqual(told),
  );
});
