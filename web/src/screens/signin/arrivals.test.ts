import { describe, expect, test } from "vitest";
import { brings, broughtBy, localPath } from "./arrivals";

describe("what a link brings", () => {
  test("is known by its name", () => {
    expect(brings("code=abc")).toBe(true);
    expect(brings("change=abc")).toBe(true);
    expect(brings("codes=abc")).toBe(false);
    expect(brings("part-two")).toBe(false);
    expect(brings("")).toBe(false);
  });

  test("is read whole, with whatever stands in it", () => {
    expect(broughtBy("code=abc")).toEqual({ kind: "code", token: "abc" });
    expect(broughtBy("invite=ab%2Bc.0198=")).toEqual({ kind: "invite", token: "ab+c.0198=" });
  });

  test("is nothing when it was cut off, or is of no kind", () => {
    expect(broughtBy("code=")).toBeNull();
    expect(broughtBy("code=%E0%A4%A")).toBeNull();
    expect(broughtBy("other=abc")).toBeNull();
    expect(broughtBy(undefined)).toBeNull();
  });
});

describe("where to go after signing in", () => {
  const safe = (next: unknown) => localPath(next, "https://outlast.example");

  test("is the screen that was asked for", () => {
    expect(safe("/w/acme/sessions/1?tab=log#end")).toBe("/w/acme/sessions/1?tab=log#end");
    expect(safe("/account")).toBe("/account");
  });

  test.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "\\/evil.example",
    "/.//evil.example",
    "/w/..//evil.example",
    "javascript:alert(1)",
    "data:text/html,hi",
    " /w",
    "w/acme",
    "",
  ])("is never another site: %j", (next) => expect(safe(next)).toBe("/"));

  test("is never a way to sign in again", () => {
    expect(safe("/sign-in?next=/sign-in")).toBe("/");
    expect(safe("/arrive")).toBe("/");
    expect(safe("/oidc/corp?code=1")).toBe("/");
  });

  test("is home when nothing was asked for", () => {
    expect(safe(undefined)).toBe("/");
    expect(safe(["/account"])).toBe("/");
  });
});
