import { fireEvent } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Strokes } from "./strokes";

const strokes = new Strokes();
const elsewhere = vi.fn();
const left = vi.fn();
window.addEventListener("keydown", elsewhere);
afterEach(() => {
  strokes.give();
  elsewhere.mockClear();
  left.mockClear();
});

const press = (...keys: string[]) => keys.forEach((key) => fireEvent.keyDown(document.body, { key }));

test("what is typed is kept, and does nothing else", () => {
  strokes.keep(left);
  press("g", "s", "Shift", "X", "Backspace", " ", "n");
  expect(strokes.give()).toBe("gs n");
  expect(elsewhere.mock.calls.map(([event]) => (event as KeyboardEvent).key)).toEqual(["Shift"]);
});

test("before and after it keys go where they always go", () => {
  press("a");
  strokes.keep(left);
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  expect(strokes.give()).toBe("");
  press("b");
  expect(elsewhere).toHaveBeenCalledTimes(3);
});

test("what was typed for a palette that did not come is forgotten", () => {
  strokes.keep(left);
  press("a");
  strokes.keep(left);
  press("b");
  expect(strokes.give()).toBe("b");
});

test("who presses Escape does not want it any more", () => {
  strokes.keep(left);
  press("a", "Escape", "b");
  expect(left).toHaveBeenCalledTimes(1);
  expect(elsewhere.mock.calls.map(([event]) => (event as KeyboardEvent).key)).toEqual(["b"]);
  expect(strokes.give()).toBe("");
});
