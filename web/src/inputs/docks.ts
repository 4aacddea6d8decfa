// Which questions are docked at the moment: their places in the document only point to the dock then.
import { useCallback, useLayoutEffect, useSyncExternalStore, type RefObject } from "react";

const docks = new Map<string, HTMLElement>();
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of [...listeners]) listener();
}

/** Say that a question is docked, as long as the component is there. */
export function useDock(key: string, place: RefObject<HTMLElement | null>, docked: boolean): void {
  useLayoutEffect(() => {
    const element = place.current;
    if (!docked || element === null) return;
    docks.set(key, element);
    tell();
    return () => {
      if (docks.get(key) === element) docks.delete(key);
      tell();
    };
  }, [key, place, docked]);
}

/** Where a question is docked; null for nowhere. */
export function useDocked(key: string): HTMLElement | null {
  const watch = useCallback((listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return useSyncExternalStore(watch, () => docks.get(key) ?? null);
}
