// Heavy code that is fetched when the first block needs it.
import { useEffect, useSyncExternalStore } from "react";

/** A hook that gives what `load` fetches, and null until it is there and while it isn't `wanted`. */
export function later<T>(load: () => Promise<T>): (wanted: boolean) => T | null {
  const listeners = new Set<() => void>();
  let loaded: T | null = null;
  let loading: Promise<void> | null = null;
  const watch = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const begin = (): void => {
    loading ??= load().then(
      (value) => {
        loaded = value;
        listeners.forEach((listener) => listener());
      },
      () => {
        loading = null; // the network was away; the next block tries again
      },
    );
  };
  return function useLater(wanted) {
    useEffect(() => {
      if (wanted) begin();
    }, [wanted]);
    return useSyncExternalStore(watch, () => (wanted ? loaded : null));
  };
}
