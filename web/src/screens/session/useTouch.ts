import { useEffect } from "react";
import { touch, type Place } from "./calls";

const EVERY_MS = 5 * 60_000;
const SIGNS = ["pointerdown", "keydown", "wheel"] as const;

/** Count a session as active while somebody reads on in it: the server may end what nobody and nothing moves. */
export function useTouch({ workspace, id }: Place, active: boolean): void {
  useEffect(() => {
    if (!active) return;
    let last = Date.now();
    const moved = () => {
      if (Date.now() - last < EVERY_MS) return;
      last = Date.now();
      touch({ workspace, id }).catch(() => undefined); // what ended meanwhile is told by its stream
    };
    for (const sign of SIGNS) window.addEventListener(sign, moved, { passive: true });
    return () => {
      for (const sign of SIGNS) window.removeEventListener(sign, moved);
    };
  }, [workspace, id, active]);
}
