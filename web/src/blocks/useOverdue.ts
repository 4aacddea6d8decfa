import { useEffect, useState } from "react";

const GRACE_S = 2;
const LONGEST_MS = 2 ** 31 - 1; // a timer that is set for longer fires at once

/** Whether nothing new has come for longer than was said to be left: `said` is new with each update. */
export function useOverdue(said: object, left: number | null | undefined): boolean {
  const [overdue, setOverdue] = useState<object | null>(null);
  useEffect(() => {
    if (left === null || left === undefined) return;
    const timer = setTimeout(() => setOverdue(said), Math.min((left * 1.2 + GRACE_S) * 1000, LONGEST_MS));
    return () => clearTimeout(timer);
  }, [said, left]);
  return overdue === said;
}
