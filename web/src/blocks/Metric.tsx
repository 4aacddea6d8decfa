import { VisuallyHidden } from "@mantine/core";
import { IconMinus, IconTrendingDown, IconTrendingUp } from "@tabler/icons-react";
import { words } from "../texts/blocks";
import { figure } from "./figures";
import type { BlockProps } from "./index";
import classes from "./Metric.module.css";

const looks = { up: IconTrendingUp, down: IconTrendingDown, same: IconMinus };

/** Which way a figure went; text counts by its sign. */
function way(delta: string | number): keyof typeof looks | null {
  if (typeof delta === "string") return /^\s*[-−–]/.test(delta) ? "down" : /^\s*\+/.test(delta) ? "up" : null;
  return delta > 0 ? "up" : delta < 0 ? "down" : "same";
}

function Delta({ delta }: { delta: string | number }) {
  const went = way(delta);
  const Icon = went === null ? null : looks[went];
  return (
    <div className={classes.delta} data-way={went ?? undefined}>
      {Icon !== null && <Icon size={15} aria-hidden />}
      {went !== null && <VisuallyHidden>{`${words.metric[went]} `}</VisuallyHidden>}
      <span>{typeof delta === "number" ? figure(Math.abs(delta)) : delta.replace(/^\s*[-−–+]\s*/, "")}</span>
    </div>
  );
}

/** One figure. Which way it went is told by an arrow and in words, not by the colour alone. */
export function Metric({ block }: BlockProps<"metric">) {
  const { label, value, delta, unit } = block.props;
  return (
    <div className={classes.metric} role="group" aria-label={label} dir="auto">
      <div className={classes.label}>{label}</div>
      <div className={classes.value}>
        <bdi>{figure(value)}</bdi>
        {unit && <span className={classes.unit}>{unit}</span>}
      </div>
      {delta !== null && delta !== undefined && <Delta delta={delta} />}
    </div>
  );
}
