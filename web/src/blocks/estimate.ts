// How high a row may be that was not rendered yet. The nearer it is, the less the scroll bar moves.
import type { DocumentSource } from "../document/model";
import type { Row, Rows } from "./rows";

/** Of the kinds that are about as high whatever they hold. */
export const HEIGHTS: Partial<Record<string, number>> = {
  chart: 340,
  image: 320,
  video: 360,
  table: 240,
  columns: 160,
  tabs: 240,
  input: 110,
  json: 160,
  metric: 90,
  status: 48,
  note: 60,
};

const LINE_PX = 24;
const LINE_CHARS = 95;
const CODE_PX = 480;

/** In pixels; undefined: the header or the footer. */
export function estimate(source: DocumentSource, rows: Rows, row: Row | undefined): number {
  const block = row && source.block(row.id);
  if (block === undefined) return 0;
  if (row?.show === "heading") return 48;
  if (row?.show === "text") return heightOf(rows.textOf(block, row.at), LINE_PX) + 12;
  if (block.kind === "code" && typeof block.props.text === "string")
    return Math.min(CODE_PX, heightOf(block.props.text, 20)) + 60;
  return HEIGHTS[block.kind] ?? 48;
}

function heightOf(text: string, line: number): number {
  let lines = 1 + text.length / LINE_CHARS;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines * line;
}
