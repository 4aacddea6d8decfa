import { describe, expect, test } from "vitest";
import { rightsOf, type Access, type Role } from "./access";

const viewer = (role: Role, id = "me") => ({ id, email: "Me@example.com", role });
const rights = (access: Access, role: Role = "member") => rightsOf(access, "owner-id", viewer(role));

describe("what a level allows", () => {
  test("who may view only reads", () => {
    const { see, stop, branch, seeLog, answers } = rights("view");
    expect([see, stop, branch, seeLog, answers(null)]).toEqual([true, false, false, false, false]);
  });

  test("who may edit stops and branches, and shares nothing", () => {
    const { stop, branch, own, seeShares, seeLog } = rights("edit");
    expect([stop, branch, own, seeShares, seeLog]).toEqual([true, true, false, true, true]);
  });

  test("an admin manages what they may not see", () => {
    const { see, stop, remove, retitle, branch } = rights("manage", "admin");
    expect([see, stop, remove, retitle, branch]).toEqual([false, true, true, true, false]);
  });

  test("a viewer of the workspace changes nothing, not even their own", () => {
    const { stop, branch, own, answers } = rights("owner", "viewer");
    expect([stop, branch, own, answers(null)]).toEqual([false, false, false, false]);
  });
});

describe("whose answer is taken", () => {
  test.each<[string, Role, boolean]>([
    ["admin", "member", false],
    ["admin", "admin", true],
    ["member", "admin", true],
    ["owner", "member", false],
    ["owner", "owner", true],
    ["me@example.com", "member", true],
    ["me", "member", true],
    ["else@example.com", "member", false],
    ["else@example.com", "owner", true],
    ["viewer", "viewer", false],
  ])("asked of %s, a %s: %s", (audience, role, taken) => {
    expect(rights("view", role).answers(audience)).toBe(taken);
  });

  test("whoever started it answers what is asked of the owner", () => {
    expect(rightsOf("owner", "me", viewer("member")).answers("owner")).toBe(true);
  });
});
