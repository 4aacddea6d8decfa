// The uploads of a tab: they go on while other screens are looked at.
import type { Sending } from "./sending";

/** One file on its way. A changed one is a new object. */
export interface Upload {
  readonly key: number;
  readonly file: File;
  readonly state: "waits" | "goes" | "failed";
  /** How much of it has gone, from 0 to 1. */
  readonly share: number;
  readonly error: unknown;
}

type Send = (file: File, sending: Sending) => Promise<unknown>;

/** Sends files, a few at a time. Those that are stored are listed no more. */
export class Uploads {
  readonly #send: Send;
  readonly #stored: () => void;
  readonly #atOnce: number;
  readonly #aborts = new Map<number, AbortController>();
  readonly #listeners = new Set<() => void>();
  #all: readonly Upload[] = [];
  #count = 0;

  /** `send` stores a file; `stored` is called after each that was. */
  constructor(send: Send, stored: () => void, atOnce = 3) {
    this.#send = send;
    this.#stored = stored;
    this.#atOnce = atOnce;
  }

  /** All, the same array as long as nothing changes. */
  readonly all = (): readonly Upload[] => this.#all;

  readonly watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      this.#count += 1;
      return { key: this.#count, file, state: "waits", share: 0, error: null };
    });
    this.#set([...this.#all, ...added]);
    this.#next();
  }

  /** Stop one, or put away one that failed. */
  drop(key: number): void {
    this.#aborts.get(key)?.abort();
    this.#set(this.#all.filter((one) => one.key !== key));
    this.#next();
  }

  again(key: number): void {
    this.#change(key, { state: "waits", share: 0, error: null });
    this.#next();
  }

  #next(): void {
    const free = this.#atOnce - this.#all.filter(({ state }) => state === "goes").length;
    const waiting = this.#all.filter(({ state }) => state === "waits");
    for (const upload of waiting.slice(0, Math.max(free, 0))) void this.#begin(upload);
  }

  async #begin({ key, file }: Upload): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    this.#change(key, { state: "goes" });
    try {
      await this.#send(file, { progress: (share) => this.#change(key, { share }), signal: abort.signal });
      this.#set(this.#all.filter((one) => one.key !== key));
      this.#stored();
    } catch (error) {
      this.#change(key, { state: "failed", error });
    }
    this.#aborts.delete(key);
    this.#next();
  }

  #change(key: number, change: Partial<Upload>): void {
    this.#set(this.#all.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  #set(all: readonly Upload[]): void {
    this.#all = all;
    for (const listener of [...this.#listeners]) listener();
  }
}
