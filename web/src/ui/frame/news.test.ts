import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Gathered, oldBy } from "./news";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a fact makes old what is about the same", () => {
  expect(oldBy("w", "session.waiting", {})).toEqual([["workspace", "w", "sessions"]]);
  expect(oldBy("w", "member.removed", {})).toContainEqual(["workspaces"]);
  expect(oldBy("w", "session.shared", { session: "s" })).toContainEqual(["workspace", "w", "session", "s"]);
  expect(oldBy("w", "something.else", {})).toEqual([]);
});

test("who missed facts asks for everything", () => {
  expect(oldBy("w", "stream.trimmed", {})).toEqual([["workspace", "w"]]);
});

test("many facts are one question, and the next ones wait for the pause", () => {
  const give = vi.fn();
  const gathered = new Gathered(give, 1000);
  for (let count = 0; count < 50; count += 1) gathered.add([["a"]]);
  gathered.add([["b"]]);
  vi.advanceTimersByTime(60);
  expect(give.mock.calls).toEqual([[[["a"], ["b"]]]]);
  gathered.add([["a"]]);
  vi.advanceTimersByTime(500);
  expect(give).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(600);
  expect(give).toHaveBeenCalledTimes(2);
});

test("what has ended gives nothing", () => {
  const give = vi.fn();
  const gathered = new Gathered(give, 1000);
  gathered.add([["a"]]);
  gathered.end();
  vi.advanceTimersByTime(5000);
  expect(give).not.toHaveBeenCalled();
});
