import { IconBug } from "@tabler/icons-react";
import { words } from "../texts/blocks";
import { CopyText } from "./CopyText";
import classes from "./Fault.module.css";
import { Fold } from "./Fold";
import type { BlockProps } from "./index";
import { useKept } from "./kept";
import { useScrolls } from "./useScrolls";

function Traceback({ text }: { text: string }) {
  const [box, scrolling] = useScrolls<HTMLPreElement>();
  return (
    <div className={classes.trace} dir="ltr">
      <pre ref={box} {...scrolling}>
        <code>{text}</code>
      </pre>
      <div className={classes.copy}>
        <CopyText text={text} />
      </div>
    </div>
  );
}

/** An exception that the app caught: its kind and its words; where it came from is folded. */
export function Fault({ block }: BlockProps<"fault">) {
  const [open, setOpen] = useKept(`${block.id}:open`, false);
  const [box, scrolling] = useScrolls<HTMLDivElement>();
  const { type, message, traceback } = block.props;
  return (
    <div className={classes.fault} role="group" aria-label={type}>
      <IconBug size={19} className={classes.icon} aria-hidden />
      <div className={classes.said}>
        <div className={classes.type}>{type}</div>
        {message && (
          <div ref={box} className={classes.message} dir="auto" {...scrolling}>
            {message}
          </div>
        )}
        {traceback && (
          <Fold summary={words.fault.traceback} open={open} change={setOpen}>
            <Traceback text={traceback} />
          </Fold>
        )}
      </div>
    </div>
  );
}
