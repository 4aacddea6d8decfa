import { IconChevronRight } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import classes from "./Fold.module.css";

interface Props {
  summary: ReactNode;
  open: boolean;
  change(open: boolean): void;
  children: ReactNode;
  /** Framed as a part of the document, or quiet. */
  framed?: boolean;
}

/** A part that folds; what is inside is rendered from its first opening on. */
export function Fold({ summary, open, change, children, framed = false }: Props) {
  const [opened, setOpened] = useState(open);
  if (open && !opened) setOpened(true);
  return (
    <details
      className={classes.fold}
      data-framed={framed || undefined}
      open={open}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== open) change(currentTarget.open);
      }}
    >
      <summary className={classes.summary}>
        <IconChevronRight size={16} className={classes.chevron} aria-hidden />
        <span className={classes.words}>{summary}</span>
      </summary>
      {opened && <div className={classes.inside}>{children}</div>}
    </details>
  );
}
