import { Loader } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { words } from "../texts/blocks";
import { Children } from "./Children";
import { useChildren } from "./DocumentContext";
import { duration } from "./figures";
import { Fold } from "./Fold";
import type { BlockProps } from "./index";
import { useKept } from "./kept";
import classes from "./Status.module.css";

function Steps({ steps, running }: { steps: readonly string[]; running: boolean }) {
  if (steps.length === 0) return null;
  return (
    <ol className={classes.steps}>
      {steps.map((step, at) => (
        <li key={at} data-now={(running && at === steps.length - 1) || undefined} dir="auto">
          {step}
        </li>
      ))}
    </ol>
  );
}

/** A piece of work: what it is, how long it takes, and what happens in it, which folds once it is done. */
export function Status({ block }: BlockProps<"status">) {
  const { label, steps = [], duration_s: seconds } = block.props;
  const children = useChildren(block.id);
  const running = !block.closed && (block.props.state ?? "running") === "running";
  const failed = block.props.state === "failed";
  const state = running ? "running" : failed ? "failed" : "done";
  const [chosen, choose] = useKept<boolean | null>(`${block.id}:open`, null);
  const line = (
    <span className={classes.line} data-state={state} dir="auto">
      {running && <Loader size={15} role="img" aria-label={words.status.running} />}
      {state === "done" && <IconCircleCheck size={18} role="img" aria-label={words.status.done} />}
      {state === "failed" && <IconCircleX size={18} role="img" aria-label={words.status.failed} />}
      <span className={classes.label}>{label}</span>
      {typeof seconds === "number" && <span className={classes.time}>{duration(seconds)}</span>}
    </span>
  );
  if (steps.length === 0 && children.length === 0) return <div className={classes.alone}>{line}</div>;
  return (
    <Fold framed summary={line} open={chosen ?? state !== "done"} change={choose}>
      <div className={classes.inside}>
        <Steps steps={steps} running={running} />
        {children.length > 0 && <Children id={block.id} />}
      </div>
    </Fold>
  );
}
