// Keeps the end of what scrolls in sight while somebody is there, and leaves them alone while they are not.
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { DocumentSource } from "../document/model";

const NEAR_PX = 32;

interface Sticking {
  /** For the element that scrolls, and for what is in it. */
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Whether the end is kept in sight. */
  sticks: RefObject<boolean>;
  /** Whether something came below what can be seen. */
  news: boolean;
  toEnd(): void;
}

/** `begins`: whether it begins at the end. */
export function useSticking({ source, begins }: { source: DocumentSource; begins: boolean }): Sticking {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(begins);
  const [news, setNews] = useState(false);
  const pull = useCallback(() => toBottom(scroller.current), []);

  useLayoutEffect(() => {
    const [outer, inner] = [scroller.current, content.current];
    if (outer === null || inner === null) return;
    let last = outer.scrollTop;
    const scrolled = () => {
      const { scrollTop: top, scrollHeight, clientHeight } = outer;
      // While it sticks nothing but people (their wheel, search, focus) moves it up.
      if (scrollHeight - top - clientHeight <= NEAR_PX) sticks.current = true;
      else if (top < last - 1) sticks.current = false;
      last = top;
      if (sticks.current) setNews(false);
    };
    // Called between layout and paint: what grew is never seen away from its place.
    const grew = new ResizeObserver(() => {
      if (!sticks.current) return;
      pull();
      last = outer.scrollTop;
    });
    grew.observe(inner);
    grew.observe(outer);
    outer.addEventListener("scroll", scrolled, { passive: true });
    const leave = source.watch("any", () => {
      // What was taken away may have moved it up: seen now, before there is more, it is not taken for people's doing.
      if (sticks.current) last = outer.scrollTop;
      else if (outer.scrollHeight > outer.clientHeight) setNews(true);
    });
    if (sticks.current) pull();
    return () => {
      grew.disconnect();
      outer.removeEventListener("scroll", scrolled);
      leave();
    };
  }, [source, pull]);

  const toEnd = useCallback(() => {
    sticks.current = true;
    setNews(false);
    pull();
  }, [pull]);
  return { scroller, content, sticks, news, toEnd };
}

function toBottom(element: HTMLElement | null): void {
  element?.scrollTo({ top: element.scrollHeight, behavior: "instant" });
}
