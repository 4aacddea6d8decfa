// What people opened, chose and sorted in a document, kept while its blocks are out of sight and not rendered.
import { useState } from "react";
import { useDocument } from "./DocumentContext";
import type { DocumentSource } from "../document/model";

const kept = new WeakMap<DocumentSource, Map<string, unknown>>();

/** A state that outlives its component as long as the document is shown. `key`: the block's id and what it is of it. */
export function useKept<T>(key: string, initial: T): [T, (value: T) => void] {
  const source = useDocument();
  const [value, setValue] = useState<T>(() => {
    const found = kept.get(source);
    return found?.has(key) ? (found.get(key) as T) : initial;
  });
  const keep = (next: T): void => {
    const all = kept.get(source) ?? new Map<string, unknown>();
    kept.set(source, all.set(key, next));
    setValue(next);
  };
  return [value, keep];
}
