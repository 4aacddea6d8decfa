import { MantineProvider } from "@mantine/core";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Progress } from "./Progress";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pass = (seconds: number) => act(() => vi.advanceTimersByTime(seconds * 1000));

function shown(value: number, remaining_s: number) {
  const props = { label: "Rows", value, total: 10, rate_per_s: 4, remaining_s };
  const block = { id: "rows", kind: "progress", parent: null, closed: false, props };
  return <MantineProvider children={<Progress block={block} />} />;
}

test("the time that is left is not said any more once it is over, and again when work moves on", () => {
  const { rerender } = render(shown(2, 2));
  pass(2);
  expect(screen.getByText(/2 seconds left/)).toBeDefined();
  pass(3);
  expect(screen.queryByText(/left/)).toBeNull();
  expect(screen.getByText("4/s")).toBeDefined();
  rerender(shown(3, 2));
  expect(screen.getByText(/2 seconds left/)).toBeDefined();
  pass(3);
  rerender(shown(4, 2));
  pass(3);
  expect(screen.getByText(/2 seconds left/)).toBeDefined();
});

test("a time of many weeks stays", () => {
  render(shown(2, 90 * 86_400));
  pass(3600);
  expect(screen.getByText(/90 days left/)).toBeDefined();
});
