import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DocumentStore } from "../document/store";
import { Progress } from "./Progress";
import { Stage } from "./stage";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const now = new DocumentStore();
const pass = (seconds: number) => act(() => vi.advanceTimersByTime(seconds * 1000));

function shown(value: number, remaining_s: number, source = now) {
  const props = { label: "Rows", value, total: 10, rate_per_s: 4, remaining_s };
  const block = { id: "rows", kind: "progress", parent: null, closed: false, props };
  return <Stage source={source} children={<Progress block={block} />} />;
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

test("a document that has not changed for long says no time", () => {
  const source = new DocumentStore();
  source.load({ updated_at: new Date(Date.now() - 3_600_000).toISOString() });
  const { rerender } = render(shown(2, 60, source));
  expect(screen.queryByText(/left/)).toBeNull();
  rerender(shown(3, 60, source));
  expect(screen.getByText(/left/)).toBeDefined();
});
