import { beforeEach, expect, test, vi } from "vitest";
import { Drafts, type Keeping } from "./drafts";

const KEEPING: Keeping = { first: () => null, keep: (value) => value, restore: (kept) => kept };

beforeEach(() => window.sessionStorage.clear());

test("a draft outlives a reload", () => {
  const before = new Drafts(window.sessionStorage);
  before.change("q", KEEPING, { value: "half a sent" });
  before.flush();
  expect(new Drafts(window.sessionStorage).read("q", KEEPING).value).toBe("half a sent");
});

test("a draft is stored a moment after the last key", () => {
  vi.useFakeTimers();
  const drafts = new Drafts(window.sessionStorage);
  drafts.change("q", KEEPING, { value: "a" });
  expect(window.sessionStorage.length).toBe(0);
  vi.runAllTimers();
  expect(window.sessionStorage.length).toBe(1);
  vi.useRealTimers();
});

test("what must not be kept never reaches the storage", () => {
  const drafts = new Drafts(window.sessionStorage);
  drafts.change("q", { ...KEEPING, keep: () => undefined }, { value: "hunter2" });
  drafts.flush();
  expect(JSON.stringify({ ...window.sessionStorage })).not.toContain("hunter2");
  expect(drafts.read("q", KEEPING).value).toBe("hunter2");
});

test("an answer that has come leaves nothing behind", () => {
  const drafts = new Drafts(window.sessionStorage);
  drafts.change("q", KEEPING, { value: "Ada" });
  drafts.drop("q");
  drafts.flush();
  expect(window.sessionStorage.length).toBe(0);
  expect(drafts.read("q", KEEPING).value).toBeNull();
});

test("whoever shows a draft hears of its changes, until it stops", () => {
  const drafts = new Drafts(null);
  const heard = vi.fn();
  const stop = drafts.watch("q", heard);
  drafts.change("q", KEEPING, { value: 1 });
  drafts.change("other", KEEPING, { value: 1 });
  stop();
  drafts.change("q", KEEPING, { value: 2 });
  expect(heard).toHaveBeenCalledTimes(1);
});

test("storage that holds nonsense or nothing at all is as good as empty", () => {
  window.sessionStorage.setItem("outlast.draft.q", "{");
  expect(new Drafts(window.sessionStorage).read("q", KEEPING).value).toBeNull();
  expect(new Drafts(null).read("q", KEEPING).value).toBeNull();
});
