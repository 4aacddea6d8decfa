// Which rows of a long table are in sight: only those are made.
import { useVirtualizer } from "@tanstack/react-virtual";
import type { RefObject } from "react";

const ROW_PX = 41;
const ALL_UP_TO = 60;

/** The rows to make, and how high those above and below them are. */
export function useSeen(count: number, place: RefObject<HTMLElement | null>) {
  const long = count > ALL_UP_TO;
  // eslint-disable-next-line react-hooks/incompatible-library -- no compiler memoises what it gives
  const rows = useVirtualizer({
    count,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    enabled: long,
  });
  if (!long) return { seen: Array.from({ length: count }, (_, at) => at), above: 0, below: 0, reveal: () => undefined };
  const items = rows.getVirtualItems();
  return {
    seen: items.map((item) => item.index),
    above: items[0]?.start ?? 0,
    below: rows.getTotalSize() - (items.at(-1)?.end ?? 0),
    reveal: (row: number) => rows.scrollToIndex(row),
  };
}
