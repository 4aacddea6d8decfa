import "@mantine/core/styles/Progress.css";
import { Progress as Bar } from "@mantine/core";
import { words } from "../texts/blocks";
import { number, roughly } from "./figures";
import type { BlockProps } from "./index";
import classes from "./Progress.module.css";
import { useOverdue } from "./useOverdue";

/** How far work is, in a bar and in words. */
export function Progress({ block }: BlockProps<"progress">) {
  const { label, value = 0, total, unit, rate_per_s: rate, remaining_s: remaining } = block.props;
  const known = total !== null && total !== undefined;
  const share = known ? (total > 0 ? Math.min(1, Math.max(0, value / total)) : 1) : null;
  const far = known ? words.progress.of(number(value), number(total)) : number(value);
  const count = unit ? `${far} ${unit}` : far;
  const going = !block.closed && share !== 1;
  const overdue = useOverdue(block, going ? remaining : null);
  const rest = [
    rate !== null && rate !== undefined && words.progress.rate(number(rate), unit ?? ""),
    going && !overdue && remaining !== null && remaining !== undefined && words.progress.left(roughly(remaining)),
  ].filter((part) => part !== false);
  const name = label || words.progress.name;
  return (
    <div className={classes.progress}>
      <div className={classes.line}>
        <span className={classes.label} dir="auto">
          {label}
        </span>
        <span className={classes.count}>{count}</span>
      </div>
      {(share !== null || going) && (
        <Bar.Root size="sm" transitionDuration={150}>
          {share === null ? (
            <Bar.Section
              value={100}
              striped
              animated
              withAria={false}
              role="progressbar"
              aria-label={name}
              aria-valuetext={count}
            />
          ) : (
            <Bar.Section
              value={share * 100}
              color={share === 1 ? "teal" : undefined}
              aria-label={name}
              aria-valuetext={[count, ...rest].join(", ")}
            />
          )}
        </Bar.Root>
      )}
      {rest.length > 0 && <div className={classes.rest}>{rest.join(" · ")}</div>}
    </div>
  );
}
