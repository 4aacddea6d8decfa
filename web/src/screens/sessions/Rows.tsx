import { Loader, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useWorkspace } from "../../api/here";
import { apps } from "../../api/queries";
import { words } from "../../texts/sessions";
import type { SessionItem } from "../session/queries";
import { Row } from "./Row";
import classes from "./Rows.module.css";

const ROW_PX = { wide: 53, narrow: 81 };
const AHEAD = 15;

interface RowsProps {
  items: readonly SessionItem[];
  chosen: ReadonlySet<string>;
  toggle: (id: string, on: boolean) => void;
  /** Asks for the next page; null while there is none to ask for. */
  more: (() => void) | null;
  loading: boolean;
}

/** The rows of the list; only those in sight are there. */
export function Rows({ items, chosen, toggle, more, loading }: RowsProps) {
  const { id } = useWorkspace();
  const { data } = useQuery(apps(id));
  const known = useMemo(() => new Map(data?.items.map((one) => [one.id, one])), [data]);
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const narrow = useMediaQuery("(max-width: 48em)") ?? false;
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [narrow]);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => (narrow ? ROW_PX.narrow : ROW_PX.wide),
    getItemKey: (index) => items[index]?.id ?? index,
    scrollMargin: top,
    overscan: 10,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== null && last >= items.length - AHEAD) more();
  }, [more, last, items.length]);
  useEffect(() => rows.measure(), [rows, narrow]);
  return (
    <>
      <ul ref={list} className={classes.list} aria-label={words.list} style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, key, start, size }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <li
              key={key}
              className={classes.place}
              aria-setsize={more || loading ? -1 : items.length}
              aria-posinset={index + 1}
              style={{ height: size, transform: `translateY(${start - top}px)` }}
            >
              <Row item={item} app={known.get(item.app)} chosen={chosen.has(item.id)} toggle={toggle} />
            </li>
          );
        })}
      </ul>
      <div className={classes.end} role="status">
        {loading && <Loader size="sm" aria-label={words.more} />}
      </div>
    </>
  );
}

/** Where the rows will be. */
export function RowsToCome() {
  return (
    <div aria-busy aria-label={words.loading} role="status">
      <div className={classes.bar} />
      {Array.from({ length: 8 }, (_, at) => (
        <div key={at} className={classes.come}>
          <Skeleton h={14} w={`${40 - (at % 4) * 6}%`} />
          <Skeleton h={10} w="18%" mt={8} />
        </div>
      ))}
    </div>
  );
}
