import "@mantine/core/styles/Progress.css";
import "@mantine/core/styles/Checkbox.css";
import { Button, Checkbox, Group, Progress, Text } from "@mantine/core";
import { IconPlayerStop, IconRestore, IconTrash } from "@tabler/icons-react";
import { useMe, useWorkspace } from "../../api/here";
import { words } from "../../texts/sessions";
import { modals } from "../../ui/modals";
import { rightsOf } from "../session/access";
import type { SessionItem } from "../session/queries";
import { isOver } from "./over";
import classes from "./Rows.module.css";
import { useBulk, type Deed } from "./useBulk";

interface BulkBarProps {
  items: readonly SessionItem[];
  chosen: readonly SessionItem[];
  deleted: boolean;
  choose: (ids: ReadonlySet<string>) => void;
}

/** Selects sessions, and does something with those selected. */
export function BulkBar({ items, chosen, deleted, choose }: BulkBarProps) {
  const me = useMe();
  const { id, role } = useWorkspace();
  const { progress, run } = useBulk(id);
  const rights = (one: SessionItem) => rightsOf(one.access, one.user_id, { ...me, role });
  const stoppable = deleted ? [] : chosen.filter((one) => !isOver(one.state) && rights(one).stop);
  const removable = deleted ? [] : chosen.filter((one) => rights(one).remove);
  const restorable = deleted ? chosen : [];
  const act = (deed: Deed, on: readonly SessionItem[]) => void run(deed, on).then(() => choose(new Set()));
  const all = chosen.length === items.length;
  return (
    <Group className={classes.bar} gap="sm" wrap="nowrap">
      <Checkbox
        label={chosen.length === 0 ? words.selectAll : undefined}
        aria-label={words.selectAll}
        size="xs"
        checked={all}
        indeterminate={chosen.length > 0 && !all}
        onChange={() => choose(new Set(all ? [] : items.map((one) => one.id)))}
      />
      {progress ? (
        <Going {...progress} />
      ) : (
        chosen.length > 0 && (
          <Group gap="xs" role="status">
            <Text size="sm">{words.selected(chosen.length)}</Text>
            {stoppable.length > 0 && (
              <Button
                variant="default"
                size="compact-sm"
                leftSection={<IconPlayerStop size={14} />}
                onClick={() => confirm("stop", stoppable.length, () => act("stop", stoppable))}
              >
                {words.stop}
              </Button>
            )}
            {removable.length > 0 && (
              <Button
                variant="default"
                size="compact-sm"
                leftSection={<IconTrash size={14} />}
                onClick={() => confirm("remove", removable.length, () => act("remove", removable))}
              >
                {words.remove}
              </Button>
            )}
            {restorable.length > 0 && (
              <Button
                variant="default"
                size="compact-sm"
                leftSection={<IconRestore size={14} />}
                onClick={() => act("restore", restorable)}
              >
                {words.restore}
              </Button>
            )}
          </Group>
        )
      )}
    </Group>
  );
}

function Going({ done, all }: { done: number; all: number }) {
  return (
    <Group gap="sm" style={{ flex: 1 }} wrap="nowrap">
      <Progress value={(done / all) * 100} style={{ flex: 1 }} aria-label={words.progress(done, all)} />
      <Text size="sm" role="status">
        {words.progress(done, all)}
      </Text>
    </Group>
  );
}

function confirm(deed: "stop" | "remove", count: number, act: () => void): void {
  const { title, text, keep } = deed === "stop" ? words.stopping : words.removing;
  modals.openConfirmModal({
    title: title(count),
    children: <Text size="sm">{text}</Text>,
    labels: { confirm: words[deed], cancel: keep },
    confirmProps: { color: "red" },
    centered: true,
    onConfirm: act,
  });
}
