import { Skeleton } from "@mantine/core";
import { Suspense, useMemo, type ComponentType } from "react";
import { shows } from "../../blocks";
import type { Block, Blocks } from "../../document/model";

type Props = { [Kind in "json" | "table"]: { kind: Kind; props: Blocks[Kind] } }["json" | "table"];

/** A value that is no part of the document, shown as a block of it would be. */
export function AsBlock({ kind, props }: Props) {
  const block = useMemo<Block>(
    () => ({ id: `value-${kind}`, kind, parent: null, props: { ...props }, closed: true }),
    [kind, props],
  );
  const Shows = shows[kind] as ComponentType<{ block: Block }> | undefined;
  return (
    Shows && (
      <Suspense fallback={<Skeleton height={160} />}>
        <Shows block={block} />
      </Suspense>
    )
  );
}
