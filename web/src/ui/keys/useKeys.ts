import { useLocalStorage } from "@mantine/hooks";
import { useEffect, useEffectEvent } from "react";
import { type Deed, isTyping, Reader } from "./keys";

/** Whether keys without Ctrl do anything. Some who dictate or use a switch can't have that. */
export const useSingleKeys = () => useLocalStorage({ key: "outlast.keys", defaultValue: true });

/** Do what keys are for, but not while somebody types. */
export function useKeys(act: (deed: Deed) => void): void {
  const [single] = useSingleKeys();
  const press = useEffectEvent((reader: Reader, event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const deed = reader.read(event, event.timeStamp);
    if (deed === null || (deed !== "palette" && (!single || isTyping(event.target)))) return;
    event.preventDefault();
    act(deed);
  });
  useEffect(() => {
    const reader = new Reader();
    const listener = (event: KeyboardEvent) => press(reader, event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}
