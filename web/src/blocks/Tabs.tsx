import "@mantine/core/styles/Tabs.css";
import { Tabs as Bar } from "@mantine/core";
import { useState } from "react";
import { words } from "../texts/blocks";
import { Children } from "./Children";
import { useBlock, useChildren } from "./DocumentContext";
import type { BlockProps } from "./index";
import { useKept } from "./kept";
import classes from "./Tabs.module.css";

function Handle({ id, at }: { id: string; at: number }) {
  const label = useBlock(id)?.props.label;
  return <Bar.Tab value={id}>{typeof label === "string" && label ? label : words.tab(at + 1)}</Bar.Tab>;
}

/** One tab shown at a time. What was opened once stays, with all that was typed there. */
export function Tabs({ block }: BlockProps<"tabs">) {
  const children = useChildren(block.id);
  const [chosen, choose] = useKept<string | null>(`${block.id}:tab`, null);
  const shown = chosen !== null && children.includes(chosen) ? chosen : (children[0] ?? null);
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  if (shown !== null && !visited.has(shown)) setVisited(new Set([...visited, shown]));
  if (shown === null) return null;
  return (
    <Bar value={shown} onChange={choose} keepMounted miw={0}>
      <Bar.List className={classes.list} data-sideways aria-label={words.tabs}>
        {children.map((child, at) => (
          <Handle key={child} id={child} at={at} />
        ))}
      </Bar.List>
      {children.map((child) => (
        <Bar.Panel key={child} value={child} pt="sm">
          {visited.has(child) && <Children id={child} />}
        </Bar.Panel>
      ))}
    </Bar>
  );
}

/** A tab that stands outside of tabs. */
export function Tab({ block }: BlockProps<"tab">) {
  return <Children id={block.id} />;
}
