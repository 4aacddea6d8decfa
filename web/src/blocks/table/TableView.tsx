import { ActionIcon, Modal, Text, TextInput } from "@mantine/core";
import { IconDownload, IconMaximize, IconSearch } from "@tabler/icons-react";
import { useDeferredValue, useState } from "react";
import type * as wire from "../../document/wire";
import { words } from "../../texts/blocks";
import { save } from "../save";
import { csv } from "./csv";
import { GridView } from "./GridView";
import classes from "./TableView.module.css";
import { useGrid, type Grid, type Row } from "./useGrid";

const FILTER_FROM = 12;

interface Props {
  /** Of the block; by it is remembered how it was sorted. */
  id: string;
  columns: readonly wire.Column[];
  rows: readonly Row[];
  caption?: string | null;
  /** How many rows there are, where not all were sent. */
  total?: number | null;
}

function countOf(found: number, all: number, total: number | null | undefined): string {
  if (found < all) return words.table.found(found, all);
  return total !== null && total !== undefined && total > all ? words.table.cut(all, total) : words.table.rows(all);
}

interface ToolsProps {
  grid: Grid;
  all: number;
  enlarge?: () => void;
}

function Tools({ grid, all, enlarge }: ToolsProps) {
  const { table, looks, filter, setFilter } = grid;
  const download = () => {
    const rows = table.getRowModel().rows.map((row) => looks.map((_, at) => row.original[at]));
    const text = csv(
      looks.map((look) => look.name),
      rows,
    );
    save(words.table.file, new Blob([text], { type: "text/csv" }));
  };
  const button = { variant: "subtle", color: "gray", c: "var(--block-quiet)", className: classes.button } as const;
  return (
    <div className={classes.tools}>
      {(all > FILTER_FROM || filter !== "") && (
        <TextInput
          type="search"
          size="xs"
          className={classes.filter}
          value={filter}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={words.table.filter}
          aria-label={words.table.filter}
          onChange={({ currentTarget }) => setFilter(currentTarget.value)}
        />
      )}
      <ActionIcon {...button} aria-label={words.table.download} title={words.table.download} onClick={download}>
        <IconDownload size={16} />
      </ActionIcon>
      {enlarge && (
        <ActionIcon {...button} aria-label={words.table.enlarge} title={words.table.enlarge} onClick={enlarge}>
          <IconMaximize size={16} />
        </ActionIcon>
      )}
    </div>
  );
}

/** A table that people sort, filter, enlarge and download. */
export function TableView({ id, columns, rows: given, caption, total }: Props) {
  const rows = useDeferredValue(given);
  const grid = useGrid(id, columns, rows);
  const [large, setLarge] = useState(false);
  const found = grid.table.getRowModel().rows.length;
  const label = caption || words.table.name;
  const count = countOf(found, rows.length, total);
  const none = rows.length > 0 && found === 0;
  return (
    <figure className={classes.figure}>
      {grid.looks.length > 0 && <GridView grid={grid} label={label} />}
      {(none || rows.length === 0) && (
        <Text size="sm" c="var(--block-quiet)" p="xs" role="status">
          {none ? words.table.none : grid.looks.length > 0 ? words.table.empty : words.table.noColumns}
        </Text>
      )}
      {rows.length > 0 && (
        <div className={classes.foot}>
          <figcaption className={classes.caption}>
            {caption && <bdi>{caption}</bdi>}
            <span className={classes.count}>{count}</span>
          </figcaption>
          <Tools grid={grid} all={rows.length} enlarge={() => setLarge(true)} />
        </div>
      )}
      {rows.length === 0 && caption && <figcaption className={classes.caption}>{caption}</figcaption>}
      <Modal opened={large} onClose={() => setLarge(false)} title={label} fullScreen>
        <GridView grid={grid} label={label} tall />
        <div className={classes.foot}>
          <span className={classes.count}>{count}</span>
          <Tools grid={grid} all={rows.length} />
        </div>
      </Modal>
    </figure>
  );
}
