// The streams that are followed, who follows them, and how far each has come.
import type { Problem } from "../api/call";

export type StreamName = `session:${string}` | `workspace:${string}`;

/** One event as it came: flat JSON that begins with `stream`. */
export type StreamEvent = Readonly<Record<string, unknown>>;

/** Who follows a stream. */
export interface Follower {
  /** An event, in order, each once. `document.snapshot` brings the whole document; after `stream.trimmed` some are missing. */
  event(kind: string, data: StreamEvent): void;
  /** Nothing more comes: it is not there, or not theirs to see, or nobody is signed in. */
  gone(problem: Problem): void;
}

/** Where to begin.
 *
 * `after`: the position that is known already; without it a session is followed from its beginning, a workspace from
 * now on. `snapshot`: from the beginning means by the document as it stands.
 */
export interface From {
  after?: number;
  snapshot?: boolean;
}

interface Following {
  readonly follower: Follower;
  readonly snapshot: boolean;
  /** Null: from now on. */
  seq: number | null;
  over: boolean;
}

const ENDS = new Set(["session.completed", "session.failed", "session.cancelled", "session.expired"]);
const ENDED = new Set(["completed", "failed", "cancelled", "expired"]);

/** All that one tab follows of a workspace. */
export class Followed {
  readonly #streams = new Map<string, Set<Following>>();

  /** Add a follower; gives what takes it away. */
  add(name: StreamName, { after, snapshot = false }: From, follower: Follower): () => void {
    const seq = after ?? (name.startsWith("workspace:") ? null : 0);
    const following: Following = { follower, snapshot, seq, over: false };
    const all = this.#streams.get(name) ?? new Set();
    this.#streams.set(name, all.add(following));
    return () => {
      all.delete(following);
      if (all.size === 0 && this.#streams.get(name) === all) this.#streams.delete(name);
    };
  }

  /** The names of what is still to come, each with the position from which somebody needs it. */
  wanted(): Map<string, number | null> {
    const wanted = new Map<string, number | null>();
    for (const [name, all] of this.#streams) {
      const living = [...all].filter(({ over }) => !over).map(({ seq }) => seq);
      if (living.length === 0) continue;
      const known = living.filter((seq) => seq !== null);
      wanted.set(name, known.length > 0 ? Math.min(...known) : null);
    }
    return wanted;
  }

  /** Whether anybody wants sessions to begin with their document. */
  get snapshot(): boolean {
    return [...this.#streams.values()].some((all) => [...all].some(({ snapshot }) => snapshot));
  }

  /** Hand an event on to all who have not had it; whether the stream ends with it. */
  deliver(name: string, kind: string, data: StreamEvent, seq: number): boolean {
    const over = ENDS.has(kind) || (kind === "document.snapshot" && ENDED.has(String(data.state)));
    for (const following of [...(this.#streams.get(name) ?? [])]) {
      const whole = kind === "document.snapshot" && following.seq === 0;
      if (!whole && following.seq !== null && seq <= following.seq) continue;
      if (kind !== "stream.trimmed") following.seq = seq; // the document that follows may stand just there
      following.over = over;
      try {
        following.follower.event(kind, data);
      } catch (error) {
        reportError(error); // one who fails must not keep the others from their events
      }
    }
    return over;
  }

  /** Where streams stand who are followed from now on. */
  place(positions: Iterable<readonly [string, number]>): void {
    for (const [name, seq] of positions) for (const following of this.#streams.get(name) ?? []) following.seq ??= seq;
  }

  /** Begin all anew: what was known is of another log. */
  restart(): void {
    for (const [name, all] of this.#streams)
      for (const following of all) following.seq = name.startsWith("workspace:") ? null : 0;
  }

  /** Tell the followers of a stream, or of all, that it is gone. */
  leave(problem: Problem, name?: string): void {
    const leaving = name === undefined ? [...this.#streams.keys()] : [name];
    for (const one of leaving) {
      const all = [...(this.#streams.get(one) ?? [])];
      this.#streams.delete(one);
      for (const { follower } of all) follower.gone(problem);
    }
  }
}

/** Read the id of an event: the positions of all streams of its connection. */
export function positionsOf(id: string): [string, number][] {
  const parts = id.split(",").map((part) => part.split("@"));
  return parts.flatMap(([name, seq]) =>
    name && seq ? [[decodeURIComponent(name), Number(seq)] as [string, number]] : [],
  );
}
