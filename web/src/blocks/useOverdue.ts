import { useEffect, useState } from "react";
import { useDocument } from "./DocumentContext";

const GRACE_S = 2;
const LONGEST_MS = 2 ** 31 - 1; // a timer that is set for longer fires at once

/** Whether nothing new has come for longer than was said to be left: `said` is new with each update.
 *
 * What is there at first may be old: the document tells when it changed last.
 */
export function useOverdue(said: object, left: number | null | undefined): boolean {
  const source = useDocument();
  const patience = left === null || left === undefined ? null : (left * 1.2 + GRACE_S) * 1000;
  const [overdue, setOverdue] = useState<object | null>(() =>
    patience !== null && Date.now() - Date.parse(source.head().updatedAt ?? "") > patience ? said : null,
  );
  useEffect(() => {
    if (patience === null) return;
    const timer = setTimeout(() => setOverdue(said), Math.min(patience, LONGEST_MS));
    return () => clearTimeout(timer);
  }, [said, patience]);
  return overdue === said;
}
