import { expect, test, vi } from "vitest";
import type { Sending } from "./sending";
import { Uploads } from "./uploads";

const file = (name: string) => new File(["x"], name);

/** Uploads whose ends are said by the test. */
function begun(atOnce = 2) {
  const sent: { name: string; sending: Sending; done: () => void; fail: (error: unknown) => void }[] = [];
  const stored = vi.fn();
  const send = (file: File, sending: Sending) =>
    new Promise<void>((done, fail) => {
      sending.signal?.addEventListener("abort", () => fail(new DOMException("stopped", "AbortError")));
      sent.push({ name: file.name, sending, done, fail });
    });
  const uploads = new Uploads(send, stored, atOnce);
  const names = () => uploads.all().map((one) => `${one.file.name} ${one.state}`);
  return { uploads, sent, stored, names };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a few go at once, and the next one when one is stored", async () => {
  const { uploads, sent, stored, names } = begun();
  uploads.add(["a", "b", "c"].map(file));
  expect(names()).toEqual(["a goes", "b goes", "c waits"]);
  sent[0]?.done();
  await settled();
  expect(names()).toEqual(["b goes", "c goes"]);
  expect(stored).toHaveBeenCalledTimes(1);
});

test("what failed stays until it is tried again or put away", async () => {
  const { uploads, sent, names } = begun();
  uploads.add([file("a")]);
  sent[0]?.fail(new Error("full"));
  await settled();
  expect(names()).toEqual(["a failed"]);
  uploads.again(1);
  expect(names()).toEqual(["a goes"]);
  sent[1]?.fail(new Error("full"));
  await settled();
  uploads.drop(1);
  expect(names()).toEqual([]);
});

test("what is stopped is aborted and leaves its place to the next", async () => {
  const { uploads, sent, stored, names } = begun(1);
  uploads.add(["a", "b"].map(file));
  uploads.drop(1);
  expect(sent[0]?.sending.signal?.aborted).toBe(true);
  await settled();
  expect(names()).toEqual(["b goes"]);
  expect(stored).not.toHaveBeenCalled();
});

test("progress is told to who watches", () => {
  const { uploads, sent } = begun();
  const listener = vi.fn();
  uploads.watch(listener);
  uploads.add([file("a")]);
  listener.mockClear();
  sent[0]?.sending.progress?.(0.5);
  expect(listener).toHaveBeenCalledTimes(1);
  expect(uploads.all()[0]?.share).toBe(0.5);
});
