import { ActionIcon, Group, Text, VisuallyHidden } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useInput } from "../../blocks/DocumentContext";
import { afterFrame } from "../../document/frame";
import { useWaiting, type Docking } from "../../inputs/docking";
import { Question } from "../../inputs/Question";
import { words } from "../../texts/session";
import classes from "./Dock.module.css";

const LINGER_MS = 150;

/** The questions that wait for the viewer, below the document: the oldest first, one at a time. */
export function Dock({ docking }: { docking: Docking }) {
  const waiting = useWaiting(docking);
  const docked = useSyncExternalStore(docking.watch, docking.docked);
  const label = useInput(docked ?? "")?.label;
  const id = useShown(docked);
  const place = Math.max(0, waiting.indexOf(id ?? ""));
  return (
    <>
      <VisuallyHidden role="status">{docked !== null && words.asks(label ?? "")}</VisuallyHidden>
      {id !== null && (
        <section className={classes.dock} aria-label={words.dock.label} inert={id !== docked}>
          <div className={classes.column}>
            {waiting.length > 1 && (
              <Switch now={place + 1} all={waiting.length} step={(by) => docking.choose(waiting[place + by] ?? id)} />
            )}
            <Question key={id} id={id} docked />
          </div>
        </section>
      )}
    </>
  );
}

/** The question to show: a new one once what the app says before it is painted. One that is over stays for a moment, as
 * mostly another takes its place. */
function useShown(docked: string | null): string | null {
  const [shown, show] = useState(docked);
  useEffect(() => {
    if (docked === shown) return;
    if (docked !== null) return afterFrame(() => show(docked));
    const timer = setTimeout(() => show(null), LINGER_MS);
    return () => clearTimeout(timer);
  }, [docked, shown]);
  return shown;
}

function Switch({ now, all, step }: { now: number; all: number; step: (by: number) => void }) {
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={words.dock.before}
        disabled={now === 1}
        onClick={() => step(-1)}
      >
        <IconChevronLeft size={16} className={classes.arrow} />
      </ActionIcon>
      <Text size="xs" c="dimmed" className={classes.count}>
        {words.dock.place(now, all)}
      </Text>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={words.dock.after}
        disabled={now === all}
        onClick={() => step(1)}
      >
        <IconChevronRight size={16} className={classes.arrow} />
      </ActionIcon>
    </Group>
  );
}
