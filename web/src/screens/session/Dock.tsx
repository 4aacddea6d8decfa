import { ActionIcon, Group, Text, VisuallyHidden } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { useInput } from "../../blocks/DocumentContext";
import { Question } from "../../inputs/Question";
import { words } from "../../texts/session";
import classes from "./Dock.module.css";

/** The questions that wait for the viewer, below the document: the oldest first, one at a time. */
export function Dock({ waiting }: { waiting: readonly string[] }) {
  const [chosen, choose] = useState<string | null>(null);
  const place = Math.max(0, chosen === null ? 0 : waiting.indexOf(chosen));
  const id = waiting[place];
  const label = useInput(id ?? "")?.label;
  return (
    <>
      <VisuallyHidden role="status">{id !== undefined && words.asks(label ?? "")}</VisuallyHidden>
      {id !== undefined && (
        <section className={classes.dock} aria-label={words.dock.label}>
          <div className={classes.column}>
            {waiting.length > 1 && (
              <Switch now={place + 1} all={waiting.length} step={(by) => choose(waiting[place + by] ?? null)} />
            )}
            <Question key={id} id={id} docked />
          </div>
        </section>
      )}
    </>
  );
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
