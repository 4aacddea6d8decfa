import { Title, type TitleOrder } from "@mantine/core";
import { memo, useId } from "react";
import { BlockView } from "./BlockView";
import { Boundary } from "./Boundary";
import { useBlock } from "./DocumentContext";
import { Depth } from "./depth";
import { MarkdownGroup } from "./markdown/Markdown";
import type { Row, Rows } from "./rows";

const SIZES = ["h3", "h4", "h5"];

function Heading({ id, depth }: { id: string; depth: number }) {
  const title = useBlock(id)?.props.title;
  if (!title) return null;
  return (
    <Title order={Math.min(6, depth + 2) as TitleOrder} size={SIZES[depth] ?? "h6"} dir="auto" mt={4}>
      {String(title)}
    </Title>
  );
}

function TextGroup({ id, at, rows }: { id: string; at: number; rows: Rows }) {
  const block = useBlock(id);
  const prefix = useId();
  if (block === undefined) return null;
  if (block.kind !== "markdown") return at === 0 ? <BlockView id={id} /> : null;
  const groups = rows.groups(block);
  const group = groups[at];
  if (group === undefined) return null;
  return (
    <Boundary content={group}>
      <MarkdownGroup group={group} prefix={prefix} grows={!block.closed && at === groups.length - 1} />
    </Boundary>
  );
}

interface Props {
  row: Row;
  rows: Rows;
}

/** One row of the document. */
export const DocumentRow = memo(function DocumentRow({ row: { id, show, depth, at }, rows }: Props) {
  if (show === "heading") return <Heading id={id} depth={depth} />;
  return (
    <Depth value={depth + 1}>
      {show === "text" ? <TextGroup id={id} at={at} rows={rows} /> : <BlockView id={id} />}
    </Depth>
  );
});
