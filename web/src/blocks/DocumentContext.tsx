// Hands a document and what can be done about it to the blocks inside.
import { createContext, use, useCallback, useSyncExternalStore, type ReactNode } from "react";
import type { DocumentActions } from "../document/actions";
import type { Block, DocumentSource, Head, Input, Topic } from "../document/model";

interface Shown {
  source: DocumentSource;
  actions: DocumentActions;
}

const Context = createContext<Shown | null>(null);

export function DocumentProvider({ source, actions, children }: Shown & { children: ReactNode }) {
  return <Context value={{ source, actions }}>{children}</Context>;
}

function useShown(): Shown {
  const shown = use(Context);
  if (shown === null) throw new Error("No document is shown here.");
  return shown;
}

/** The document that the component is part of. */
export const useDocument = (): DocumentSource => useShown().source;

/** What can be done about it. */
export const useActions = (): DocumentActions => useShown().actions;

function useWatched<T>(topic: Topic, read: (source: DocumentSource) => T): T {
  const source = useDocument();
  const watch = useCallback((listener: () => void) => source.watch(topic, listener), [source, topic]);
  return useSyncExternalStore(watch, () => read(source));
}

export const useHead = (): Head => useWatched("head", (source) => source.head());
/** A part of the head: what shows it is not rendered again for another part. */
export const useHeadPart = <Name extends keyof Head>(name: Name): Head[Name] =>
  useWatched("head", (source) => source.head()[name]);
export const useBlock = (id: string): Block | undefined => useWatched(`block:${id}`, (source) => source.block(id));
export const useInput = (id: string): Input | undefined => useWatched(`input:${id}`, (source) => source.input(id));
export const useChildren = (id: string | null): readonly string[] =>
  useWatched(`children:${id ?? ""}`, (source) => source.children(id));
