import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { words } from "../../texts/blocks";
import classes from "./GridView.module.css";
import type { Grid, Look } from "./useGrid";

const ROW_PX = 33;
const ALL_AT_ONCE = 40;
const SAMPLE = 100;
const LONG = 28;

/** How wide a column is, in rem, when not all of its rows are there to tell. */
function widthOf(look: Look, sample: readonly unknown[]): number {
  const longest = sample.reduce<number>((most, value) => Math.max(most, look.text(value).length), 0);
  return Math.min(22, Math.max(4, longest * 0.52 + 1.5, look.name.length * 0.58 + 3.25));
}

function Head({ grid }: { grid: Grid }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {grid.table.getAllLeafColumns().map((column, at) => {
          const look = grid.looks[at];
          const sorted = column.getIsSorted();
          const Icon = sorted === "asc" ? IconArrowUp : sorted === "desc" ? IconArrowDown : IconArrowsSort;
          return (
            <th
              key={column.id}
              scope="col"
              data-numeric={look?.numeric || undefined}
              aria-sort={sorted ? (sorted === "asc" ? "ascending" : "descending") : "none"}
            >
              <button type="button" className={classes.sort} onClick={() => column.toggleSorting()} title={look?.name}>
                <bdi className={classes.name}>{look?.name || words.table.column(at + 1)}</bdi>
                <Icon size={13} className={classes.arrow} data-sorted={sorted || undefined} aria-hidden />
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface CellProps {
  look: Look | undefined;
  value: unknown;
}

function Cell({ look, value }: CellProps) {
  const text = look?.text(value) ?? "";
  const long = text.length > LONG;
  return (
    <td
      data-numeric={look?.numeric || undefined}
      data-long={long || undefined}
      title={long ? text : undefined}
      dir="auto"
    >
      {text}
    </td>
  );
}

/** The rows of a table in a box of their own, which scrolls. Of many rows only those in sight are there. */
export function GridView({ grid, label, tall = false }: { grid: Grid; label: string; tall?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const { rows } = grid.table.getRowModel();
  const many = rows.length > ALL_AT_ONCE;
  // eslint-disable-next-line react-hooks/incompatible-library -- no compiler memoises what it gives
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    enabled: many,
  });
  const items = many ? virtual.getVirtualItems() : rows.map((_, index) => ({ index, start: 0, end: 0 }));
  const above = many ? (items[0]?.start ?? 0) : 0;
  const below = many ? virtual.getTotalSize() - (items.at(-1)?.end ?? 0) : 0;
  const widths = many
    ? grid.looks.map((look, at) =>
        widthOf(
          look,
          rows.slice(0, SAMPLE).map((row) => row.original[at]),
        ),
      )
    : [];
  const total = widths.reduce((sum, width) => sum + width, 0);
  const span = grid.looks.length;
  return (
    <div
      ref={box}
      className={classes.box}
      data-sideways
      data-tall={tall || undefined}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table
        className={classes.table}
        data-many={many || undefined}
        style={many ? { minWidth: `${String(total)}rem` } : undefined}
        aria-label={label}
        aria-rowcount={rows.length + 1}
      >
        {many && (
          <colgroup>
            {widths.map((width, at) => (
              <col key={at} style={{ width: `${String((100 * width) / total)}%` }} />
            ))}
          </colgroup>
        )}
        <Head grid={grid} />
        <tbody>
          {above > 0 && (
            <tr aria-hidden>
              <td colSpan={span} className={classes.space} style={{ height: above }} />
            </tr>
          )}
          {items.map(({ index }) => {
            const row = rows[index];
            return (
              <tr key={row?.id ?? index} aria-rowindex={index + 2}>
                {grid.looks.map((look, at) => (
                  <Cell key={at} look={look} value={row?.original[at]} />
                ))}
              </tr>
            );
          })}
          {below > 0 && (
            <tr aria-hidden>
              <td colSpan={span} className={classes.space} style={{ height: below }} />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
