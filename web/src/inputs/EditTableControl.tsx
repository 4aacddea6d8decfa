import "@mantine/core/styles/Table.css";
import { ActionIcon, Button, Table, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useMemo, useRef } from "react";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { Group } from "./around";
import { MAX_ROWS, type Column } from "./cells";
import { EditedCell } from "./EditedCell";
import styles from "./EditTableControl.module.css";
import { nameOf, useGrid, type Row } from "./useGrid";
import { useSeen } from "./useSeen";

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, Row>();
const NONE: readonly Row[] = [];

/** Takes the rows of a table, edited cell by cell, or pasted from a spreadsheet. */
export default function EditTableControl(props: ControlProps<"edit_table">) {
  const { spec, update, disabled } = props;
  const rows = Array.isArray(props.value) ? (props.value as readonly Row[]) : NONE;
  const place = useRef<HTMLDivElement>(null);
  const columns = useMemo(
    () => spec.columns.map(({ name }, at) => helper.accessor((row: Row) => row[at], { id: String(at), header: name })),
    [spec.columns],
  );
  const table = useTable({ features, columns, data: rows });
  const all = table.getRowModel().rows;
  const { seen, above, below, reveal } = useSeen(all.length, place);
  const { add, remove, put, ...hears } = useGrid({ spec, rows, place, update, reveal });
  const width = spec.columns.length + 1;
  return (
    <Group of={props}>
      <div ref={place} className={styles.scroll} {...hears}>
        <Table withColumnBorders stickyHeader className={styles.table} verticalSpacing={0} horizontalSpacing={0}>
          <Table.Thead>
            {table.getHeaderGroups().map((group) => (
              <Table.Tr key={group.id}>
                {group.headers.map((header) => (
                  <Table.Th key={header.id} className={styles.head}>
                    <table.FlexRender header={header} />
                  </Table.Th>
                ))}
                {!spec.fixed && <Table.Th w={44} aria-label={words.rowActions} />}
              </Table.Tr>
            ))}
          </Table.Thead>
          <Table.Tbody>
            <Spacer height={above} width={width} />
            {seen.map((index) => (
              <Table.Tr key={index}>
                {all[index]?.getAllCells().map((cell, at) => (
                  <Table.Td key={cell.id}>
                    <EditedCell
                      name={nameOf(index, at)}
                      column={columnAt(spec.columns, at)}
                      label={words.cell(columnAt(spec.columns, at).name, index + 1)}
                      value={cell.getValue() ?? null}
                      change={(value) => put(index, at, value)}
                      disabled={disabled}
                    />
                  </Table.Td>
                ))}
                {!spec.fixed && <Remove row={index} remove={remove} disabled={disabled} />}
              </Table.Tr>
            ))}
            <Spacer height={below} width={width} />
          </Table.Tbody>
        </Table>
        {rows.length === 0 && (
          <Text size="sm" c="dimmed" p="sm">
            {words.noRows}
          </Text>
        )}
      </div>
      {!spec.fixed && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={6}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={add}
          disabled={disabled || rows.length >= MAX_ROWS}
        >
          {words.addRow}
        </Button>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {words.pasteHint}
      </Text>
    </Group>
  );
}

const columnAt = (columns: readonly Column[], at: number): Column => columns[at] ?? { name: "" };

function Remove({ row, remove, disabled }: { row: number; remove(row: number): void; disabled: boolean }) {
  return (
    <Table.Td ta="center">
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={() => remove(row)}
        disabled={disabled}
        aria-label={words.removeRow(row + 1)}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Table.Td>
  );
}

/** Stands for rows that are out of sight. */
function Spacer({ height, width }: { height: number; width: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={width} style={{ height, padding: 0 }} />
    </tr>
  );
}
