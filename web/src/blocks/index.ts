// Every kind of block and the component that shows it. A new kind is one file here and one line in this table.
import type { ComponentType } from "react";
import type { Block, BlockKind, Blocks } from "../document/model";

/** What the component of a kind gets. The same object of props is the same content: components are memoised by it. */
export interface BlockProps<Kind extends BlockKind> {
  block: Block & { props: Blocks[Kind] };
}

type Shows = { [Kind in BlockKind]?: ComponentType<BlockProps<Kind>> };

/** What shows each kind. `input` is shown by the inputs. */
export const shows: Shows = {};
