import { expect, it, vi } from "vitest";
import { StreamConnection, type Follower, type StreamEvent } from "./connection";
import type { Surroundings } from "./surroundings";

/** One request as the server sees it. */
class Asked {
  readonly follow: string[];
  closed = false;
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  #answer: (response: Response) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  readonly response: Promise<Response>;

  constructor(
    readonly address: URL,
    signal: AbortSignal,
  ) {
    this.follow = (address.searchParams.get("follow") ?? "").split(",");
    this.response = new Promise((resolve, reject) => ([this.#answer, this.#fail] = [resolve, reject]));
    signal.addEventListener("abort", () => this.break(signal.reason));
  }

  async opens(positions?: string): Promise<void> {
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => void (this.#stream = stream),
      cancel: () => void (this.closed = true),
    });
    this.#answer(new Response(body));
    if (positions !== undefined) this.#send(`id: ${positions}\n`);
    await this.says("retry: 1000\n\n");
  }

  async says(text: string): Promise<void> {
    this.#send(text);
    await settled();
  }

  async tells(kind: string, data: object, id = ""): Promise<void> {
    await this.says(`id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async ends(): Promise<void> {
    this.#stream?.close();
    this.closed = true;
    await settled();
  }

  async refuses(status: number, body: object = {}, headers: Record<string, string> = {}): Promise<void> {
    this.closed = true;
    this.#answer(new Response(JSON.stringify(body), { status, headers }));
    await settled();
  }

  break(error: unknown): void {
    if (this.closed) return;
    this.closed = true;
    this.#fail(error);
    this.#stream?.error(error);
  }

  #send(text: string): void {
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";
}

/** A connection in surroundings that the test moves by hand. */
function begun() {
  let now = 0;
  let timers: { at: number; call: () => void }[] = [];
  const asked: Asked[] = [];
  const [page, window] = [new Page(), new EventTarget()];
  const renew = vi.fn(() => Promise.resolve(true));
  const around: Surroundings = {
    fetch: (address, { signal }) => {
      const one = new Asked(new URL(address, "http://server"), signal);
      asked.push(one);
      return one.response;
    },
    renew,
    page,
    window,
    now: () => now,
    later: (ms, call) => {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    breathe: () => Promise.resolve(),
    random: () => 0.5,
  };
  /** Let time pass. */
  async function pass(ms: number): Promise<void> {
    const until = now + ms;
    for (;;) {
      await settled();
      const [first] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (first === undefined) break;
      timers = timers.filter((one) => one !== first);
      now = Math.max(now, first.at);
      first.call();
    }
    now = until;
    await settled();
  }
  const connection = new StreamConnection("w", around);
  /** The request that is open now. */
  const last = (): Asked => {
    const one = asked.at(-1);
    if (one === undefined) throw new Error("nothing was asked");
    return one;
  };
  return { connection, asked, last, pass, page, window, renew };
}

function listener() {
  const seen: [string, unknown][] = [];
  const gone = vi.fn();
  const follower: Follower = { event: (kind, data: StreamEvent) => void seen.push([kind, data.seq]), gone };
  return { seen, gone, follower };
}

it("asks once for all that is followed, and brings each what is theirs, once", async () => {
  const { connection, asked, last, pass } = begun();
  const [a, b] = [listener(), listener()];
  connection.follow("session:a", { snapshot: true }, a.follower);
  connection.follow("workspace:w", {}, b.follower);
  await pass(1);
  expect(asked).toHaveLength(1);
  expect(last().follow).toEqual(["session:a@0", "workspace:w@now"]);
  expect(last().address.pathname).toBe("/api/v1/workspaces/w/streams");
  expect(last().address.searchParams.get("snapshot")).toBe("true");
  await last().opens("session:a@0,workspace:w@41");
  expect(connection.status).toBe("open");
  await last().tells("document.snapshot", { stream: "session:a", seq: 7 });
  await last().tells("block.opened", { stream: "session:a", seq: 8 });
  await last().tells("block.opened", { stream: "session:a", seq: 8 });
  await last().tells("session.started", { stream: "workspace:w", seq: 42 });
  expect(a.seen).toEqual([
    ["document.snapshot", 7],
    ["block.opened", 8],
  ]);
  expect(b.seen).toEqual([["session.started", 42]]);
});

it("opens anew once when what is followed changes, each stream from where it is", async () => {
  const { connection, asked, last, pass } = begun();
  const [a, b] = [listener(), listener()];
  connection.follow("workspace:w", {}, a.follower);
  await pass(1);
  await last().opens("workspace:w@5");
  await last().tells("x", { stream: "workspace:w", seq: 6 });
  const leave = connection.follow("session:b", { after: 3 }, b.follower);
  leave();
  connection.follow("session:b", { after: 3 }, b.follower);
  await pass(1);
  expect(asked).toHaveLength(2);
  expect(asked[0]?.closed).toBe(true);
  expect(last().follow).toEqual(["workspace:w@6", "session:b@3"]);
  expect(connection.status).toBe("open");
});

it("opens nothing for who follows from now on what is followed already", async () => {
  const { connection, asked, last, pass } = begun();
  connection.follow("workspace:w", {}, listener().follower);
  await pass(1);
  await last().opens("workspace:w@5");
  connection.follow("workspace:w", {}, listener().follower);
  await pass(2000);
  expect(asked).toHaveLength(1);
  connection.follow("workspace:w", { after: 2 }, listener().follower);
  await pass(1);
  expect(last().follow).toEqual(["workspace:w@2"]);
});

it("lets a stream go a while after the last has left", async () => {
  const { connection, asked, last, pass } = begun();
  connection.follow("workspace:w", { after: 1 }, listener().follower);
  const leave = connection.follow("session:a", { after: 1 }, listener().follower);
  await pass(1);
  await last().opens();
  leave();
  await pass(500);
  expect(asked).toHaveLength(1);
  await pass(600);
  expect(last().follow).toEqual(["workspace:w@1"]);
});

it("goes on where it was when the connection breaks, later each time it fails", async () => {
  const { connection, asked, last, pass } = begun();
  const a = listener();
  connection.follow("session:a", { after: 1 }, a.follower);
  await pass(1);
  await last().opens();
  await last().tells("x", { stream: "session:a", seq: 2 });
  last().break(new TypeError("network error"));
  await settled();
  expect(connection.status).toBe("lost");
  for (const wait of [150, 300, 600, 1200, 2400, 4800, 5000, 5000]) {
    const before = asked.length;
    await pass(wait - 1);
    expect(asked).toHaveLength(before);
    await pass(1);
    expect(asked).toHaveLength(before + 1);
    expect(last().follow).toEqual(["session:a@2"]);
    await last().refuses(502);
    expect(connection.status).toBe("lost");
  }
  await pass(5000);
  await last().opens();
  expect(connection.status).toBe("open");
});

it("tries at once when the network is back", async () => {
  const { connection, asked, last, pass, window } = begun();
  connection.follow("session:a", { after: 1 }, listener().follower);
  await pass(1);
  await last().opens();
  window.dispatchEvent(new Event("offline"));
  await settled();
  expect(connection.status).toBe("lost");
  window.dispatchEvent(new Event("online"));
  await settled();
  expect(asked).toHaveLength(2);
});

it("waits as long as the server asks it to", async () => {
  const { connection, asked, last, pass } = begun();
  connection.follow("session:a", { after: 1 }, listener().follower);
  await pass(1);
  await last().refuses(429, {}, { "retry-after": "3" });
  await pass(2999);
  expect(asked).toHaveLength(1);
  await pass(1);
  expect(asked).toHaveLength(2);
});

it("comes back quietly when the server ends what is old", async () => {
  const { connection, asked, last, pass } = begun();
  const told = vi.fn();
  connection.follow("session:a", { after: 1 }, listener().follower);
  await pass(1);
  await last().opens();
  connection.watchStatus(told);
  await pass(20_000);
  await last().says(": ping\n\n");
  await last().ends();
  await pass(300);
  expect(asked).toHaveLength(2);
  await last().opens();
  expect(told).not.toHaveBeenCalled();
});

it("takes silence for a loss, but not as long as there are pings", async () => {
  const { connection, asked, last, pass } = begun();
  connection.follow("session:a", { after: 1 }, listener().follower);
  await pass(1);
  await last().opens();
  for (let n = 0; n < 5; n += 1) {
    await pass(15_000);
    await last().says(": ping\n\n");
  }
  expect(asked).toHaveLength(1);
  await pass(31_000);
  expect(asked.length).toBeGreaterThan(1);
  expect(asked[0]?.closed).toBe(true);
  expect(connection.status).toBe("lost");
});

it("renews what says who is signed in, and tells all when nobody is", async () => {
  const { connection, asked, last, pass, renew } = begun();
  const a = listener();
  connection.follow("session:a", { after: 1 }, a.follower);
  await pass(1);
  await last().refuses(401, { code: "unauthenticated" });
  expect(asked).toHaveLength(2);
  await last().opens();
  await last().tells("x", { stream: "session:a", seq: 2 });
  await last().ends();
  await pass(1000);
  renew.mockResolvedValue(false);
  await last().refuses(401, { code: "unauthenticated", detail: "Sign in first." });
  expect(a.gone).toHaveBeenCalledWith(expect.objectContaining({ status: 401, message: "Sign in first." }));
  await pass(60_000);
  expect(asked).toHaveLength(3);
});

it("finds out which stream is refused and keeps the others", async () => {
  const { connection, asked, last, pass } = begun();
  const [a, b] = [listener(), listener()];
  connection.follow("session:a", { after: 1 }, a.follower);
  connection.follow("session:b", { after: 2 }, b.follower);
  await pass(1);
  await last().refuses(404);
  expect(asked.slice(1).map(({ follow }) => follow)).toEqual([["session:a@1"], ["session:b@2"]]);
  await asked[1]?.opens();
  await asked[2]?.refuses(404, { code: "session.not_found" });
  expect(asked[1]?.closed).toBe(true);
  expect(b.gone).toHaveBeenCalledWith(expect.objectContaining({ code: "session.not_found" }));
  expect(a.gone).not.toHaveBeenCalled();
  expect(last().follow).toEqual(["session:a@1"]);
});

it("begins anew when the server knows no such position", async () => {
  const { connection, last, pass } = begun();
  const a = listener();
  connection.follow("session:a", { after: 100, snapshot: true }, a.follower);
  await pass(1);
  await last().refuses(422);
  await pass(1000);
  expect(last().follow).toEqual(["session:a@0"]);
  await last().opens();
  await last().tells("document.snapshot", { stream: "session:a", seq: 4 });
  expect(a.seen).toEqual([["document.snapshot", 4]]);
});

it("takes the document that stands just where the log was cut", async () => {
  const { connection, last, pass } = begun();
  const a = listener();
  connection.follow("session:a", { after: 1 }, a.follower);
  await pass(1);
  await last().opens();
  await last().tells("stream.trimmed", { stream: "session:a", first: 6 }, "session:a@5");
  await last().tells("document.snapshot", { stream: "session:a", seq: 5 });
  expect(a.seen.map(([kind]) => kind)).toEqual(["stream.trimmed", "document.snapshot"]);
});

it("closes when all sessions have ended, and follows none of them again", async () => {
  const { connection, asked, last, pass } = begun();
  connection.follow("session:a", { after: 1 }, listener().follower);
  connection.follow("session:b", { snapshot: true }, listener().follower);
  await pass(1);
  await last().opens();
  await last().tells("session.completed", { stream: "session:a", seq: 2 });
  await last().tells("document.snapshot", { stream: "session:b", seq: 2, state: "failed" });
  expect(asked[0]?.closed).toBe(false);
  await pass(1000);
  expect(asked[0]?.closed).toBe(true);
  await pass(60_000);
  expect(asked).toHaveLength(1);
});

it("rests while nobody sees the tab, and comes back when somebody does", async () => {
  const { connection, asked, last, pass, page, window } = begun();
  connection.follow("session:a", { after: 1 }, listener().follower);
  await pass(1);
  await last().opens();
  const show = (state: DocumentVisibilityState) => {
    page.visibilityState = state;
    page.dispatchEvent(new Event("visibilitychange"));
  };
  show("hidden");
  await pass(20_000);
  await last().says(": ping\n\n");
  show("visible");
  await pass(20_000);
  await last().says(": ping\n\n");
  show("hidden");
  for (let n = 0; n < 4; n += 1) {
    await pass(14_999);
    await last().says(": ping\n\n");
  }
  expect(connection.status).toBe("open");
  await pass(10);
  expect(connection.status).toBe("paused");
  expect(asked[0]?.closed).toBe(true);
  show("visible");
  await settled();
  expect(asked).toHaveLength(2);
  await last().opens();
  window.dispatchEvent(new Event("pagehide"));
  await settled();
  expect(connection.status).toBe("paused");
  window.dispatchEvent(new Event("pageshow"));
  await settled();
  expect(asked).toHaveLength(3);
});
