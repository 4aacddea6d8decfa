import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { words } from "../texts/document";
import { Announcer } from "./Announcer";
import { useDocument } from "./DocumentContext";
import { DocumentRow } from "./DocumentRow";
import classes from "./DocumentView.module.css";
import { estimate } from "./estimate";
import { Nothing } from "./Nothing";
import { Rows } from "./rows";
import { useSticking } from "./useSticking";

const ALL_ROWS = 60;
const OVERSCAN = { few: ALL_ROWS, many: 6, long: 1 };

interface Props {
  /** Whether a session that goes on begins at its end, and is followed there. */
  follow: boolean;
  /** What stands before the first block and behind the last. */
  header?: ReactNode;
  footer?: ReactNode;
}

/** The document in reading order, in an element of its own that scrolls and fills its parent.
 *
 * Only the rows that can be seen are rendered, unless there are few.
 */
export function DocumentView({ follow, header, footer }: Props) {
  const source = useDocument();
  const rows = useMemo(() => new Rows(source), [source]);
  const all = useSyncExternalStore(rows.watch, rows.all);
  const [begins] = useState(() => follow && !source.head().over);
  const { scroller, content, sticks, news, toEnd } = useSticking({ source, begins });

  // The header, or the words of an empty document, and the footer are rows as well.
  const count = all.length + 2;
  // eslint-disable-next-line react-hooks/incompatible-library -- no compiler memoises what it gives
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(source, rows, all[index - 1]),
    getItemKey: useCallback((index: number) => all[index - 1]?.key ?? (index === 0 ? " first" : " last"), [all]),
    overscan: OVERSCAN[rows.long ? "long" : count > ALL_ROWS ? "many" : "few"],
    initialOffset: begins ? Number.MAX_SAFE_INTEGER : 0,
  });
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _, { scrollOffset }) =>
    !sticks.current && item.end <= (scrollOffset ?? 0);
  const shown = virtualizer.getVirtualItems();
  const [before, after] = [shown[0]?.start ?? 0, virtualizer.getTotalSize() - (shown.at(-1)?.end ?? 0)];

  return (
    <div className={classes.view}>
      <div ref={scroller} className={classes.scroller} role="region" aria-label={words.document} tabIndex={0}>
        <div ref={content} className={classes.content}>
          <div style={{ paddingBlock: `${String(before)}px ${String(after)}px` }}>
            {shown.map(({ key, index }) => {
              const row = all[index - 1];
              return (
                <div key={key} ref={virtualizer.measureElement} data-index={index} className={classes.row}>
                  {row !== undefined && <DocumentRow row={row} rows={rows} />}
                  {index === 0 && header}
                  {index === 0 && all.length === 0 && <Nothing />}
                  {index === count - 1 && footer}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {news && (
        <Button
          className={classes.below}
          size="compact-md"
          radius="xl"
          onClick={toEnd}
          rightSection={<IconArrowDown size={16} aria-hidden />}
        >
          {words.newBelow}
        </Button>
      )}
      <Announcer />
    </div>
  );
}
