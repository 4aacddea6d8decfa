// Which questions wait for the viewer, and which of them is docked: its place in the document only points to the dock.
import { createContext, use, useSyncExternalStore } from "react";
import type { DocumentActions } from "../document/actions";
import type { DocumentSource } from "../document/model";

/** The questions that wait for the viewer, one of which is docked below the document. */
export class Docking {
  readonly #source: DocumentSource;
  readonly #mayAnswer: DocumentActions["mayAnswer"];
  readonly #listeners = new Set<() => void>();
  #open: readonly string[] = [];
  #waiting: readonly string[] = [];
  #chosen: string | null = null;
  #place: HTMLElement | null = null;

  constructor(source: DocumentSource, mayAnswer: DocumentActions["mayAnswer"]) {
    this.#source = source;
    this.#mayAnswer = mayAnswer;
  }

  /** Their ids, the oldest first; the same array as long as nothing changed. */
  readonly waiting = (): readonly string[] => {
    const open = this.#source.open();
    if (open !== this.#open) {
      this.#open = open;
      this.#waiting = open.filter((id) => this.#mayAnswer(this.#source.input(id)?.audience ?? null));
    }
    return this.#waiting;
  };

  /** The one that was chosen, as long as it waits, or else the oldest. */
  readonly docked = (): string | null => {
    const waiting = this.waiting();
    return waiting.find((id) => id === this.#chosen) ?? waiting[0] ?? null;
  };

  /** Dock another one. */
  choose(id: string): void {
    this.#chosen = id;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Where the docked one takes its answer. */
  get place(): HTMLElement | null {
    return this.#place;
  }

  /** Say where that is; gives what takes it back. */
  hold(place: HTMLElement | null): () => void {
    this.#place = place;
    return () => {
      if (this.#place === place) this.#place = null;
    };
  }

  /** Call `listener` when others wait, or another one is docked; gives what ends that. */
  readonly watch = (listener: () => void): (() => void) => {
    const leave = this.#source.watch("open", listener);
    this.#listeners.add(listener);
    return () => {
      leave();
      this.#listeners.delete(listener);
    };
  };
}

/** The dock below the document, if there is one. */
export const DockingContext = createContext<Docking | null>(null);

export const useWaiting = (docking: Docking): readonly string[] => useSyncExternalStore(docking.watch, docking.waiting);

const never = () => () => undefined;

/** The dock, if the question is the one that is docked. */
export function useDockOf(id: string): Docking | null {
  const docking = use(DockingContext);
  const isDocked = useSyncExternalStore(docking?.watch ?? never, () => docking?.docked() === id);
  return isDocked ? docking : null;
}
