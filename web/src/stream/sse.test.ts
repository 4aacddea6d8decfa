import { expect, it } from "vitest";
import { EventParser } from "./sse";

type Seen = [kind: string, data: string, id: string];

function parsed(pieces: Iterable<Uint8Array>): Seen[] {
  const seen: Seen[] = [];
  const parser = new EventParser((...event) => seen.push(event));
  for (const piece of pieces) parser.push(piece);
  return seen;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Bytes cut at places that a number decides; some pieces are empty. */
function* cut(whole: Uint8Array, seed: number): Generator<Uint8Array> {
  let state = seed;
  for (let at = 0; at < whole.length;) {
    state = (state * 16_807 + 11) % 2_147_483_647;
    const length = 1 + (state % (1 + (seed % 9)));
    if (state % 5 === 0) yield whole.subarray(at, at);
    yield whole.subarray(at, at + length);
    at += length;
  }
}

const TEXT = [
  "retry: 1000\n\n",
  'id: session:1@1\nevent: block.opened\ndata: {"text":"Grüße, 世界 🙂"}\n\n',
  ": ping\n\n",
  "data: first\ndata:second\ndata:  third\nid\n\n",
  "event: only.kind\n\n",
  "data\n\n",
  "unknown: x\nid: a\0b\nevent: e\ndata: 🙂\n\n",
  "data: never ended",
].join("");

const SEEN: Seen[] = [
  ["block.opened", '{"text":"Grüße, 世界 🙂"}', "session:1@1"],
  ["message", "first\nsecond\n third", ""],
  ["message", "", ""],
  ["e", "🙂", ""],
];

it.each([
  ["LF", TEXT],
  ["CRLF", TEXT.replaceAll("\n", "\r\n")],
  ["CR", TEXT.replaceAll("\n", "\r")],
])("reads the same events wherever the bytes are cut: %s", (_, text) => {
  const whole = bytes(text);
  expect(parsed([whole])).toEqual(SEEN);
  for (let seed = 0; seed < 500; seed += 1) expect(parsed(cut(whole, seed))).toEqual(SEEN);
  for (let at = 0; at <= whole.length; at += 1)
    expect(parsed([whole.subarray(0, at), whole.subarray(at)])).toEqual(SEEN);
});

it("leaves out a byte order mark", () => {
  expect(parsed([bytes("\uFEFFdata: x\n\n")])).toEqual([["message", "x", ""]]);
});

it("knows an id that came without an event", () => {
  const parser = new EventParser(() => undefined);
  parser.push(bytes("id: workspace:1@7\nretry: 1000\n\n"));
  expect(parser.id).toBe("workspace:1@7");
});

it("reads a long line that comes in many pieces in linear time", () => {
  const data = "x".repeat(8_000_000);
  const whole = bytes(`data: ${data}\n\n`);
  const pieces = Array.from({ length: Math.ceil(whole.length / 4096) }, (_, n) =>
    whole.subarray(n * 4096, (n + 1) * 4096),
  );
  const from = performance.now();
  expect(parsed(pieces)[0]?.[1]).toBe(data);
  expect(performance.now() - from).toBeLessThan(1500);
});
