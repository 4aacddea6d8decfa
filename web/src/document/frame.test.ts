import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { oncePerFrame } from "./frame";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const aFrame = () => vi.advanceTimersToNextFrame();
const now = () => Promise.resolve();

test("what comes first is shown at once, what follows with the next frame", async () => {
  const schedule = oncePerFrame();
  const run = vi.fn();
  schedule(run);
  expect(run).not.toHaveBeenCalled(); // more may come together with it
  await now();
  expect(run).toHaveBeenCalledTimes(1);
  schedule(run);
  await now();
  expect(run).toHaveBeenCalledTimes(1);
  aFrame();
  expect(run).toHaveBeenCalledTimes(2);
});

test("after a frame without anything it is shown at once again", async () => {
  const schedule = oncePerFrame();
  const run = vi.fn();
  schedule(run);
  await now();
  vi.advanceTimersByTime(20);
  schedule(run);
  await now();
  expect(run).toHaveBeenCalledTimes(2);
});

test("what was taken back is not shown", async () => {
  const schedule = oncePerFrame();
  const run = vi.fn();
  schedule(run)();
  await now();
  expect(run).not.toHaveBeenCalled();
  schedule(() => undefined);
  await now();
  schedule(run)();
  aFrame();
  expect(run).not.toHaveBeenCalled();
});

test("a tab that is hidden has no frames and is told by the clock", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const run = vi.fn();
  oncePerFrame()(run);
  await now();
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(250);
  expect(run).toHaveBeenCalledTimes(1);
  hidden.mockRestore();
});
