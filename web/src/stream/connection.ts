// The one connection of a tab by which everything in a workspace that changes by itself is followed.
import { Problem } from "../api/call";
import { Followed, positionsOf, type Follower, type From, type StreamEvent, type StreamName } from "./followed";
import { watchPresence } from "./presence";
import { EventParser } from "./sse";
import { browser, type Surroundings } from "./surroundings";

export type { Follower, From, StreamEvent, StreamName } from "./followed";

/** `lost`: it broke, and heals by itself. `paused`: nobody looks at the tab. */
export type Status = "connecting" | "open" | "lost" | "paused";

const SILENCE_MS = 30_000; // two of the server's pings
const DROP_MS = 1000;
const BACKOFF = { first: 300, most: 10_000 };
const BRIEF_MS = 5000;
const SLICE_MS = 12;

type Outcome = { how: "changed" | "ended" | "lost"; wait?: number };

const changed: Outcome = { how: "changed" };
const lost: Outcome = { how: "lost" };

/** Follows several streams of a workspace; resumes by itself, each stream from its own position. */
export class StreamConnection {
  readonly #address: string;
  readonly #around: Surroundings;
  readonly #followed = new Followed();
  readonly #listeners = new Set<() => void>();
  #status: Status = "connecting";
  #open = new Map<string, number | null>(); // what the present request brings, and how far it has come
  #request: AbortController | null = null;
  #wake: (() => void) | null = null;
  #settling: { at: number; cancel: () => void } | null = null;
  #runs = false;
  #awake = true;
  #renewed = false;
  #failures = 0;
  #heardAt = 0;

  constructor(workspace: string, around: Surroundings = browser()) {
    this.#address = `/api/v1/workspaces/${encodeURIComponent(workspace)}/streams`;
    this.#around = around;
    watchPresence(around, (awake) => this.#turn(awake));
    around.window.addEventListener("online", () => this.#hurry());
    around.window.addEventListener("offline", () => this.#request?.abort(lost));
  }

  get status(): Status {
    return this.#status;
  }

  /** Call `listener` when the status changes; gives what ends that. */
  watchStatus(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follow a stream; gives what ends that. */
  follow(name: StreamName, from: From, follower: Follower): () => void {
    const leave = this.#followed.add(name, from, follower);
    this.#settle(0);
    return () => {
      leave();
      this.#settle(DROP_MS); // who leaves one screen mostly follows something on the next
    };
  }

  /** See soon whether the connection still carries what is wanted, once for all that changes until then. */
  #settle(ms: number): void {
    const at = this.#around.now() + ms;
    if (this.#settling !== null && this.#settling.at <= at) return;
    this.#settling?.cancel();
    const cancel = this.#around.later(ms, () => {
      this.#settling = null;
      this.#compare();
    });
    this.#settling = { at, cancel };
  }

  #compare(): void {
    const wanted = this.#followed.wanted();
    if (!this.#runs) void this.#run();
    else if (wanted.size === 0 || !isCarried(wanted, this.#open)) this.#reopen();
  }

  #reopen(): void {
    this.#request?.abort(changed);
    this.#wake?.();
  }

  #turn(awake: boolean): void {
    if (awake === this.#awake) return awake ? this.#hurry() : undefined;
    this.#awake = awake;
    if (!awake) return this.#reopen();
    this.#failures = 0;
    if (!this.#runs) void this.#run();
  }

  /** Try at once what would be tried later. */
  #hurry(): void {
    this.#failures = 0;
    this.#wake?.();
  }

  #tell(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Keep a request open for as long as there is something to follow and somebody to see it. */
  async #run(): Promise<void> {
    this.#runs = true;
    while (this.#awake && this.#followed.wanted().size > 0) {
      if (this.#status === "paused") this.#tell("connecting");
      const outcome = await this.#once();
      if (outcome.how === "changed") continue;
      if (outcome.how === "lost") this.#tell("lost");
      await this.#pause(outcome.wait ?? this.#backoff());
    }
    this.#open = new Map();
    this.#runs = false;
    if (!this.#awake) this.#tell("paused");
  }

  #backoff(): number {
    const most = Math.min(BACKOFF.first * 2 ** this.#failures, BACKOFF.most);
    this.#failures += 1;
    return this.#around.random() * most;
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#around.later(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
  }

  /** Make one request and read it to its end. */
  async #once(): Promise<Outcome> {
    const request = (this.#request = new AbortController());
    this.#open = this.#followed.wanted();
    this.#heardAt = this.#around.now();
    const quiet = this.#listen(request);
    try {
      const response = await this.#ask(this.#open, request.signal);
      return await (response.ok ? this.#read(response, request.signal) : this.#refused(response, request.signal));
    } catch {
      return request.signal.aborted ? (request.signal.reason as Outcome) : lost;
    } finally {
      quiet();
      this.#request = null;
    }
  }

  #ask(wanted: ReadonlyMap<string, number | null>, signal: AbortSignal): Promise<Response> {
    const follow = [...wanted].map(([name, seq]) => `${name}@${seq ?? "now"}`).join(",");
    const query = new URLSearchParams({ follow, snapshot: String(this.#followed.snapshot) });
    return this.#around.fetch(`${this.#address}?${query}`, { headers: { accept: "text/event-stream" }, signal });
  }

  /** Give up a request from which nothing is heard. */
  #listen(request: AbortController): () => void {
    const look = () => {
      const left = this.#heardAt + SILENCE_MS - this.#around.now();
      if (left <= 0) request.abort(lost);
      else cancel = this.#around.later(left, look);
    };
    let cancel = this.#around.later(SILENCE_MS, look);
    return () => cancel();
  }

  async #read(response: Response, signal: AbortSignal): Promise<Outcome> {
    const reader = response.body?.getReader();
    if (reader === undefined) return lost;
    const from = this.#around.now();
    const parser = new EventParser((kind, data, id) => this.#take(kind, data, id));
    this.#tell("open");
    this.#renewed = false;
    let [placed, slice] = [false, from];
    try {
      for (;;) {
        const { done, value } = await reader.read();
        signal.throwIfAborted();
        this.#heardAt = this.#around.now();
        if (done) break;
        parser.push(value);
        if (!placed && (placed = parser.id !== "")) this.#place(positionsOf(parser.id));
        if (this.#heardAt - slice > SLICE_MS) {
          await this.#around.breathe();
          slice = this.#around.now();
        }
      }
    } finally {
      void reader.cancel().catch(() => undefined);
      if (this.#heardAt - from > BRIEF_MS) this.#failures = 0;
    }
    return { how: "ended" }; // the server ends what is old, and everything when it stops
  }

  #place(positions: readonly (readonly [string, number])[]): void {
    this.#followed.place(positions);
    for (const [name, seq] of positions) if (this.#open.get(name) === null) this.#open.set(name, seq);
  }

  #take(kind: string, data: string, id: string): void {
    const event = JSON.parse(data) as StreamEvent;
    const name = String(event.stream);
    const seq = typeof event.seq === "number" ? event.seq : (new Map(positionsOf(id)).get(name) ?? 0);
    const over = this.#followed.deliver(name, kind, event, seq);
    if (!over && kind !== "stream.trimmed") this.#open.set(name, seq);
    if (!over) return;
    this.#open.delete(name);
    this.#settle(DROP_MS);
  }

  async #refused(response: Response, signal: AbortSignal): Promise<Outcome> {
    if (response.status === 401) {
      if (this.#renewed) return lost;
      this.#renewed = await this.#around.renew();
      if (this.#renewed) return changed;
      this.#followed.leave(await problemOf(response));
      return changed;
    }
    if (response.status === 404 || response.status === 403) return this.#sort(response, signal);
    if (response.status === 422) return this.#restart(response);
    const after = Number(response.headers.get("retry-after")) * 1000;
    return after > 0 ? { how: "lost", wait: after } : lost;
  }

  /** Find out which of the streams is refused, and go on with the others. */
  async #sort(response: Response, signal: AbortSignal): Promise<Outcome> {
    const names = [...this.#open];
    if (names.length === 1) {
      this.#followed.leave(await problemOf(response), names[0]?.[0]);
      return changed;
    }
    const asked = names.map(async ([name, seq]) => {
      const one = await this.#ask(new Map([[name, seq]]), signal);
      if (one.status === 404 || one.status === 403) return [name, await problemOf(one)] as const;
      await one.body?.cancel();
      return null;
    });
    const refused = (await Promise.all(asked)).filter((one) => one !== null);
    for (const [name, problem] of refused) this.#followed.leave(problem, name);
    return refused.length > 0 ? changed : lost;
  }

  /** A position that the server does not know is of another log: an older one that was restored. */
  async #restart(response: Response): Promise<Outcome> {
    if ([...this.#open.values()].some((seq) => seq)) {
      this.#followed.restart();
      return { how: "ended" };
    }
    this.#followed.leave(await problemOf(response));
    return changed;
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return new Problem({ ...told, status: response.status });
}

/** Whether what is open brings all that is wanted, and nothing else. */
function isCarried(wanted: ReadonlyMap<string, number | null>, open: ReadonlyMap<string, number | null>): boolean {
  if (wanted.size !== open.size) return false;
  return [...wanted].every(([name, seq]) => {
    const at = open.get(name);
    return seq === null ? open.has(name) : typeof at === "number" && seq >= at;
  });
}

const connections = new Map<string, StreamConnection>();

/** The connection of this tab for a workspace. */
export function streams(workspace: string): StreamConnection {
  const connection = connections.get(workspace) ?? new StreamConnection(workspace);
  connections.set(workspace, connection);
  return connection;
}
