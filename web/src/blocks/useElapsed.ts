import { useEffect, useState } from "react";

/** Seconds since the component is there, second by second while it `runs`. */
export function useElapsed(runs: boolean): number {
  const [begun] = useState(() => Date.now());
  const [now, setNow] = useState(begun);
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [runs]);
  return (now - begun) / 1000;
}
