import type { Column } from "../document/wire";
import type { BlockProps } from "./index";
import { TableView } from "./table/TableView";

// One object each: what is not there is the same at every look.
const NO_COLUMNS: readonly Column[] = [];
const NO_ROWS: readonly unknown[][] = [];

export function Table({ block }: BlockProps<"table">) {
  const { columns = NO_COLUMNS, rows = NO_ROWS, caption, total } = block.props;
  return <TableView id={block.id} columns={columns} rows={rows} caption={caption} total={total} />;
}
