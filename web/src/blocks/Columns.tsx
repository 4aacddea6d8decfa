import type { CSSProperties } from "react";
import { BlockView } from "./BlockView";
import { Children } from "./Children";
import classes from "./Columns.module.css";
import { useChildren } from "./DocumentContext";
import type { BlockProps } from "./index";

/** Columns side by side; one below the other where there is no room for them. */
export function Columns({ block }: BlockProps<"columns">) {
  const children = useChildren(block.id);
  const { weights = [] } = block.props;
  const tracks = children.map((_, at) => `minmax(0, ${String(Math.max(weights[at] ?? 1, 0.05))}fr)`).join(" ");
  return (
    <div className={classes.around}>
      <div className={classes.columns} style={{ "--tracks": tracks } as CSSProperties}>
        {children.map((child) => (
          <BlockView key={child} id={child} />
        ))}
      </div>
    </div>
  );
}

export function Column({ block }: BlockProps<"column">) {
  return <Children id={block.id} />;
}
