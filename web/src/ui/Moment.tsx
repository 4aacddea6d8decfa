import { useSyncExternalStore } from "react";
import { words } from "../texts/everywhere";
import { exact, relative, watchClock } from "./moments";

/** A moment as seen from now, kept true as time goes by; the exact one is its title. */
export function Moment({ at }: { at: string | null | undefined }) {
  const read = () => (at ? relative(new Date(at), new Date()) : words.never);
  const text = useSyncExternalStore(watchClock, read);
  if (!at) return text;
  return (
    <time dateTime={at} title={exact(new Date(at))}>
      {text}
    </time>
  );
}
