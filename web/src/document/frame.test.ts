import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { oncePerFrame } from "./frame";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what comes first is shown a moment later, what follows with the next frame", () => {
  const schedule = oncePerFrame();
  const run = vi.fn();
  schedule(run);
  expect(run).not.toHaveBeenCalled(); // more may come together with it
  vi.advanceTimersByTime(5);
  expect(run).toHaveBeenCalledTimes(1);
  schedule(run);
  vi.advanceTimersByTime(5);
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersToNextFrame();
  expect(run).toHaveBeenCalledTimes(2);
});

test("after a frame without anything it is a moment again", () => {
  const schedule = oncePerFrame();
  const run = vi.fn();
  schedule(run);
  vi.advanceTimersByTime(25);
  schedule(run);
  vi.advanceTimersByTime(5);
  expect(run).toHaveBeenCalledTimes(2);
});

test("what was taken back is not shown", () => {
  const schedule = oncePerFrame();
  const run = vi.fn();
  schedule(run)();
  vi.advanceTimersByTime(5);
  schedule(() => undefined);
  vi.advanceTimersByTime(5);
  schedule(run)();
  vi.advanceTimersToNextFrame();
  expect(run).not.toHaveBeenCalled();
});

test("a tab that is hidden has no frames and is told by the clock", () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const run = vi.fn();
  oncePerFrame()(run);
  vi.advanceTimersByTime(10);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(250);
  expect(run).toHaveBeenCalledTimes(1);
  hidden.mockRestore();
});
