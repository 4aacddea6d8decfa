import { expect, test } from "vitest";
import { ALL, mayDo, READING } from "./scopes";

test("all scopes are everything, and those that read are read only", () => {
  expect(mayDo([...ALL].reverse())).toBe("Everything");
  expect(mayDo(READING)).toBe("Read only");
});

test("some scopes are said by what they are about", () => {
  expect(mayDo(["sessions:read"])).toBe("Read sessions");
  expect(mayDo(["sessions:read", "files:read", "sessions:write", "members:read", "files:write"])).toBe(
    "Read and change sessions and files; read people",
  );
  expect(mayDo(["files:write", "audit:read"])).toBe("Change files; read the audit trail");
});

test("a scope that is not known is called by its name", () => {
  expect(mayDo(["webhooks:read", "webhooks:write"])).toBe("Read and change webhooks");
  expect(mayDo(["spells"])).toBe("Spells");
});
