// Answers that are not given yet, by question. They outlive the controls: what was typed is there again wherever the
// question is shown next, and, but for secrets, after a reload.
import type { Problem } from "../api/call";

/** An answer in the making. */
export interface Draft {
  readonly value: unknown;
  /** What is on its way; undefined when nothing is. */
  readonly sent?: { readonly value: unknown };
  readonly problem: Problem | null;
}

/** How a value is kept over a reload. */
export interface Keeping {
  first(): unknown;
  /** What may be stored; undefined for nothing. */
  keep(value: unknown): unknown;
  restore(kept: unknown): unknown;
}

const PREFIX = "outlast.draft.";
const PAUSE_MS = 300;
const BRIEF_MS = 100;

/** All drafts of this tab. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #due = new Map<string, { timer: ReturnType<typeof setTimeout>; store: () => void }>();
  readonly #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
  }

  /** The draft of a question, begun or taken up again. */
  read(key: string, keeping: Keeping): Draft {
    const there = this.#drafts.get(key);
    if (there !== undefined) return there;
    const kept = this.#stored(key);
    const draft: Draft = { value: kept === undefined ? keeping.first() : keeping.restore(kept), problem: null };
    this.#drafts.set(key, draft);
    return draft;
  }

  /** Change what is told. */
  change(key: string, keeping: Keeping, part: Partial<Draft>): void {
    const now = { ...this.read(key, keeping), ...part };
    this.#drafts.set(key, now);
    if ("value" in part) this.#storeSoon(key, () => this.#store(key, keeping.keep(now.value)));
    this.#tell(key);
  }

  /** Note what is on its way. It is told only if that takes a moment: mostly the answer is there before. */
  send(key: string, keeping: Keeping, value: unknown): void {
    this.#drafts.set(key, { ...this.read(key, keeping), sent: { value }, problem: null });
    setTimeout(() => this.#tell(key), BRIEF_MS);
  }

  /** Forget what was stored, as the answer has come. */
  settle(key: string): void {
    this.#cancel(key);
    this.#store(key, undefined);
  }

  /** Forget all of it. */
  drop(key: string): void {
    this.settle(key);
    if (this.#drafts.delete(key)) this.#tell(key);
  }

  /** Call `listener` at changes; gives what ends it. */
  watch(key: string, listener: () => void): () => void {
    const all = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0 && this.#listeners.get(key) === all) this.#listeners.delete(key);
    };
  }

  /** Store what waits to be stored: the page goes away. */
  flush(): void {
    for (const [key, { store }] of [...this.#due]) {
      this.#cancel(key);
      store();
    }
  }

  #tell(key: string): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener();
  }

  #storeSoon(key: string, store: () => void): void {
    this.#cancel(key);
    const run = () => {
      this.#due.delete(key);
      store();
    };
    this.#due.set(key, { timer: setTimeout(run, PAUSE_MS), store });
  }

  #cancel(key: string): void {
    clearTimeout(this.#due.get(key)?.timer);
    this.#due.delete(key);
  }

  #stored(key: string): unknown {
    try {
      const text = this.#storage?.getItem(PREFIX + key);
      return text == null ? undefined : (JSON.parse(text) as unknown);
    } catch {
      return undefined; // what is stored may be anybody's
    }
  }

  #store(key: string, value: unknown): void {
    try {
      if (value === undefined) this.#storage?.removeItem(PREFIX + key);
      else this.#storage?.setItem(PREFIX + key, JSON.stringify(value));
    } catch {
      // A full or forbidden storage costs the draft at a reload, nothing else.
    }
  }
}

function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** The drafts of this tab. */
export const drafts = new Drafts(storage());
window.addEventListener("pagehide", () => drafts.flush());
