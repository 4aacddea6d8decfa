import {
  columnFilteringFeature,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type ReactTable,
  type SortingState,
} from "@tanstack/react-table";
import { useMemo } from "react";
import type * as wire from "../../document/wire";
import { words } from "../../texts/blocks";
import { useKept } from "../kept";
import { compare, isNumeric, plainText, shownBy } from "./cells";

export type Row = readonly unknown[];

const features = tableFeatures({
  rowSortingFeature,
  columnFilteringFeature,
  globalFilteringFeature,
  sortedRowModel: createSortedRowModel(),
  filteredRowModel: createFilteredRowModel(),
});

/** How one column looks. */
export interface Look {
  name: string;
  numeric: boolean;
  text(value: unknown): string;
}

export interface Grid {
  table: ReactTable<typeof features, Row>;
  looks: readonly Look[];
  filter: string;
  setFilter(text: string): void;
}

/** Rows that are sorted and filtered as people chose. */
export function useGrid(id: string, given: readonly wire.Column[], rows: readonly Row[]): Grid {
  const [sorting, setSorting] = useKept<SortingState>(`${id}:sort`, []);
  const [filter, setFilter] = useKept(`${id}:filter`, "");
  const width = Math.max(given.length, rows[0]?.length ?? 0);
  const looks = useMemo(
    () =>
      Array.from({ length: width }, (_, at): Look => {
        const column = given[at] ?? { name: words.table.column(at + 1) };
        return { name: column.name, numeric: isNumeric(column, rows, at), text: shownBy(column, rows, at) };
      }),
    [given, rows, width],
  );
  const columns = useMemo(
    () =>
      Array.from({ length: width }, (_, at): ColumnDef<typeof features, Row> => ({
        id: String(at),
        accessorFn: (row) => row[at] ?? undefined,
        sortUndefined: "last",
        sortDescFirst: false,
        sortFn: (one, other, column) => compare(one.getValue(column), other.getValue(column)),
      })),
    [width],
  );
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    columns,
    data,
    state: { sorting, globalFilter: filter },
    onSortingChange: (next) => setSorting(typeof next === "function" ? next(sorting) : next),
    getColumnCanGlobalFilter: () => true,
    globalFilterFn: (row, column, wanted: string) => {
      const value = row.getValue(column);
      const sought = wanted.toLowerCase();
      const shown = looks[Number(column)]?.text(value) ?? "";
      return shown.toLowerCase().includes(sought) || plainText(value).toLowerCase().includes(sought);
    },
  });
  return { table, looks, filter, setFilter };
}
