import { expect, test } from "vitest";
import { isTyping, Reader } from "./keys";

const key = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("one key and two in a row are read", () => {
  const reader = new Reader();
  expect(reader.read(key("?"), 0)).toBe("list");
  expect(reader.read(key("g"), 10)).toBeNull();
  expect(reader.read(key("s"), 20)).toBe("sessions");
  expect(reader.read(key("s"), 30)).toBeNull();
});

test("the second key must come soon", () => {
  const reader = new Reader();
  reader.read(key("g"), 0);
  expect(reader.read(key("s"), 2000)).toBeNull();
});

test("a key in between begins anew", () => {
  const reader = new Reader();
  reader.read(key("g"), 0);
  expect(reader.read(key("x"), 10)).toBeNull();
  expect(reader.read(key("h"), 20)).toBeNull();
});

test("Ctrl and Cmd with K open the palette, and other keys with them are the browser's", () => {
  const reader = new Reader();
  expect(reader.read(key("k", { ctrlKey: true }), 0)).toBe("palette");
  expect(reader.read(key("K", { metaKey: true }), 0)).toBe("palette");
  expect(reader.read(key("n", { ctrlKey: true }), 0)).toBeNull();
  expect(reader.read(key("?", { altKey: true }), 0)).toBeNull();
});

test("keys in fields and open dialogs are not for us", () => {
  document.body.innerHTML = `<input><div role="dialog"><button></button></div><main><button></button></main>`;
  expect(isTyping(document.querySelector("input"))).toBe(true);
  expect(isTyping(document.querySelector("[role=dialog] button"))).toBe(true);
  expect(isTyping(document.querySelector("main button"))).toBe(false);
  expect(isTyping(null)).toBe(false);
});
