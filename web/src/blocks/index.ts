// Every kind of block and the component that shows it. A new kind is one file here and one line in this table.
import type { ComponentType } from "react";
import type { Block, BlockKind, Blocks } from "../document/model";
import { Code } from "./Code";
import { Expander } from "./Expander";
import { File } from "./File";
import { MarkdownBlock } from "./MarkdownBlock";
import { Note } from "./Note";
import * as parts from "./parts";
import { Section } from "./Section";
import { Status } from "./Status";
import { Thinking } from "./Thinking";

/** What the component of a kind gets. The same object of props is the same content: components are memoised by it. */
export interface BlockProps<Kind extends BlockKind> {
  block: Block & { props: Blocks[Kind] };
}

type Shows = { [Kind in BlockKind]?: ComponentType<BlockProps<Kind>> };

/** What shows each kind. `input` is shown by the inputs. */
export const shows: Shows = {
  markdown: MarkdownBlock,
  code: Code,
  json: parts.Json,
  table: parts.Table,
  chart: parts.Chart,
  image: parts.Image,
  audio: parts.Audio,
  video: parts.Video,
  file: File,
  metric: parts.Metric,
  progress: parts.Progress,
  status: Status,
  thinking: Thinking,
  note: Note,
  fault: parts.Fault,
  section: Section,
  columns: parts.Columns,
  column: parts.Column,
  tabs: parts.Tabs,
  tab: parts.Tab,
  expander: Expander,
};
