import "./blocks.css";
import { Skeleton } from "@mantine/core";
import { memo, Suspense, type ComponentType } from "react";
import type { Block } from "../document/model";
import { InputBlock } from "../inputs/InputBlock";
import { Boundary } from "./Boundary";
import { useBlock } from "./DocumentContext";
import { HEIGHTS } from "./estimate";
import { shows } from "./index";
import { Unknown } from "./parts";

const Shown = memo(function Shown({ block }: { block: Block }) {
  if (block.kind === "input") return <InputBlock id={String(block.props.input)} />;
  const kinds = shows as Record<string, ComponentType<{ block: Block }> | undefined>;
  const Kind = (Object.hasOwn(shows, block.kind) ? kinds[block.kind] : undefined) ?? Unknown;
  return (
    <Suspense fallback={<Skeleton height={HEIGHTS[block.kind] ?? 48} />}>
      <Kind block={block} />
    </Suspense>
  );
});

/** One block of the document, whatever its kind, with all that it holds. */
export const BlockView = memo(function BlockView({ id }: { id: string }) {
  const block = useBlock(id);
  if (block === undefined) return null;
  return (
    <Boundary content={block}>
      <Shown block={block} />
    </Boundary>
  );
});
