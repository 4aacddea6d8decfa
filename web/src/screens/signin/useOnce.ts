import { useEffect, useRef } from "react";

/** Do something when a screen is first shown, and never again: what a link holds is good for one use. */
export function useOnce(act: () => Promise<void>): void {
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void act();
  });
}
