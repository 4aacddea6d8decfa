import "@mantine/core/styles/Table.css";
import { Table, Text } from "@mantine/core";
import type { Inputs } from "../document/model";
import { words } from "../texts/inputs";

const SHOWN = 5;

const cellText = (cell: unknown): string =>
  cell === null || cell === undefined ? "" : typeof cell === "object" ? JSON.stringify(cell) : String(cell);

/** The first rows of a table that was answered. */
export default function AnswerRows({
  columns,
  rows,
}: {
  columns: Inputs["edit_table"]["columns"];
  rows: readonly unknown[][];
}) {
  return (
    <div>
      <Table.ScrollContainer minWidth={0} type="native">
        <Table withTableBorder fz="sm" w="auto">
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ name }, at) => (
                <Table.Th key={at}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, SHOWN).map((row, at) => (
              <Table.Tr key={at}>
                {columns.map((_, column) => (
                  <Table.Td key={column}>{cellText(row[column])}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length > SHOWN && (
        <Text size="sm" c="dimmed" mt={4}>
          {words.moreRows(rows.length - SHOWN)}
        </Text>
      )}
    </div>
  );
}
