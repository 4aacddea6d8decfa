import { IconBulb } from "@tabler/icons-react";
import { words } from "../texts/blocks";
import { Fold } from "./Fold";
import type { BlockProps } from "./index";
import { useKept } from "./kept";
import { Markdown } from "./markdown/Markdown";
import classes from "./Thinking.module.css";

/** A model's reasoning, folded: one quiet line that tells whether it goes on. */
export function Thinking({ block }: BlockProps<"thinking">) {
  const [open, setOpen] = useKept(`${block.id}:open`, false);
  const summary = (
    <span className={classes.line} data-now={!block.closed || undefined}>
      <IconBulb size={16} aria-hidden />
      {block.closed ? words.thinking.past : words.thinking.now}
    </span>
  );
  return (
    <Fold summary={summary} open={open} change={setOpen}>
      <div className={classes.text}>
        <Markdown text={block.props.text ?? ""} done={block.closed} quiet />
      </div>
    </Fold>
  );
}
