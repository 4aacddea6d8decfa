import { useEffect, useRef, useState, type RefObject } from "react";

/** Whether an element scrolls, so that it can be reached with the keyboard just then. */
export function useScrolls<E extends HTMLElement>(): [RefObject<E | null>, { tabIndex?: 0 }] {
  const element = useRef<E>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const look = (): void =>
      setScrolls(current.scrollWidth > current.clientWidth || current.scrollHeight > current.clientHeight);
    const observer = new ResizeObserver(look);
    observer.observe(current);
    if (current.firstElementChild !== null) observer.observe(current.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return [element, scrolls ? { tabIndex: 0 } : {}];
}
