// One question's answer in the making, shared by all places that show the question.
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { Problem } from "../api/call";
import { useActions, useDocument } from "../blocks/DocumentContext";
import type { Input } from "../document/model";
import { drafts, type Draft, type Keeping } from "./drafts";
import { answer, first, keepable, restored, wrongs } from "./values";

/** What can be done with a question that is open. */
export interface Ask extends Draft {
  change(value: unknown): void;
  update(next: (now: unknown) => unknown): void;
  /** Send the answer that a control's value stands for. */
  send(value: unknown): void;
  /** Send no answer. */
  skip(): void;
}

/** Sessions are told apart by when they began: two questions may have one id. */
export function useDraftKey(input: Input): string {
  const { app, createdAt } = useDocument().head();
  return `${app} ${createdAt} ${input.id}`;
}

/** The answer in the making of a question that is open. */
export function useAsk(input: Input): Ask {
  const source = useDocument();
  const { answer: give } = useActions();
  const key = useDraftKey(input);
  const { kind, spec, id } = input;
  const keeping = useMemo<Keeping>(
    () => ({
      first: () => first(kind, spec),
      keep: (value) => keepable(kind, spec, value),
      restore: (kept) => restored(kind, spec, kept),
    }),
    [kind, spec],
  );
  const watch = useCallback((listener: () => void) => drafts.watch(key, listener), [key]);
  const draft = useSyncExternalStore(watch, () => drafts.read(key, keeping));

  return useMemo(() => {
    const tell = (part: Partial<Draft>) => drafts.change(key, keeping, part);
    const update = (next: (now: unknown) => unknown) =>
      tell({ value: next(drafts.read(key, keeping).value), problem: null });
    const deliver = async (value: unknown) => {
      if (drafts.read(key, keeping).sent !== undefined || source.input(id)?.state !== "open") return;
      drafts.send(key, keeping, value);
      try {
        await give(id, value);
        drafts.settle(key); // the stream will tell the rest
      } catch (error) {
        if (source.input(id)?.state !== "open") return; // somebody else was faster
        const problem = error instanceof Problem ? error : new Problem({ detail: String(error) });
        tell({ sent: undefined, problem });
      }
    };
    const send = (value: unknown) => {
      const given = answer(kind, spec, value);
      const errors = wrongs(kind, spec, given);
      const said = Object.values(errors)[0];
      if (said !== undefined) tell({ problem: new Problem({ code: "input.invalid_answer", detail: said, errors }) });
      else void deliver(given);
    };
    const skip = () => void deliver(null);
    return { ...draft, change: (value) => update(() => value), update, send, skip };
  }, [draft, key, keeping, source, give, id, kind, spec]);
}
