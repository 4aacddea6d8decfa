import { useQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/files";
import { members } from "../session/queries";
import { FileRow } from "./FileRow";
import classes from "./files.module.css";
import type { StoredFile } from "./queries";

const ROW_PX = 53;
const AHEAD = 25;

interface Props {
  files: readonly StoredFile[];
  /** Whether there are more than these. */
  others: boolean;
  /** Asks for more; null while there is nothing to ask for. */
  more: (() => void) | null;
}

/** Files, one a row; only those in sight are there. */
export function FileRows({ files, others, more }: Props) {
  const { data: people } = useQuery(members(useWorkspace().id));
  const names = useMemo(() => new Map(people?.map(({ user_id, name }) => [user_id, name])), [people]);
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const { current } = list;
    if (!current?.parentElement) return;
    const place = () => setTop(current.getBoundingClientRect().top + window.scrollY);
    const observer = new ResizeObserver(place); // what stands above comes and goes
    observer.observe(current.parentElement);
    place();
    return () => observer.disconnect();
  }, []);
  const rows = useWindowVirtualizer({
    count: files.length,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => files[index]?.id ?? index,
    scrollMargin: top,
    overscan: 10,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= files.length - AHEAD) more?.();
  }, [more, last, files.length]);
  return (
    <ul ref={list} className={classes.list} aria-label={words.list} style={{ height: rows.getTotalSize() }}>
      {shown.map(({ index, key, start }) => {
        const file = files[index];
        return (
          file && (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={classes.place}
              aria-setsize={others ? -1 : files.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${String(start - top)}px)` }}
            >
              <FileRow file={file} owner={names.get(file.owner_id) ?? words.somebody} />
            </li>
          )
        );
      })}
    </ul>
  );
}
