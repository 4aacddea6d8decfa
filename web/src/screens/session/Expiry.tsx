import { ActionIcon, Button, Group, Popover, Stack, Text } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { IconPencil } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { words as common } from "../../texts/everywhere";
import { words } from "../../texts/session-details";
import { ErrorNote } from "../../ui/ErrorNote";
import { Moment } from "../../ui/Moment";
import { placeOf, update } from "./calls";
import { sessionDetail, type Held } from "./queries";

/** When a session ends by itself, which its owner may change. */
export function Expiry({ held, editable }: { held: Held; editable: boolean }) {
  const { expires_at } = held.detail;
  const [open, setOpen] = useState(false);
  return (
    <Group gap={4} wrap="nowrap">
      {expires_at === null ? words.details.never : <Moment at={expires_at} />}
      {editable && (
        <Popover opened={open} onChange={setOpen} width="18rem" position="bottom-end" trapFocus withinPortal>
          <Popover.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={words.details.changeEnd}
              onClick={() => setOpen(!open)}
            >
              <IconPencil size={14} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <Editor held={held} close={() => setOpen(false)} />
          </Popover.Dropdown>
        </Popover>
      )}
    </Group>
  );
}

function Editor({ held, close }: { held: Held; close: () => void }) {
  const place = placeOf(held.detail);
  const client = useQueryClient();
  const { queryKey } = sessionDetail(place.workspace, place.id);
  const [wanted, setWanted] = useState<string | null>(held.detail.expires_at && local(held.detail.expires_at));
  const setting = useMutation({
    mutationFn: (expires_at: string | null) => update(place, held.etag, { expires_at }),
    onSuccess: (changed) => {
      client.setQueryData<Held>(queryKey, changed);
      close();
    },
    onError: () => client.invalidateQueries({ queryKey }),
  });
  return (
    <Stack gap="sm">
      <DateTimePicker
        label={words.details.setEnd}
        value={wanted}
        onChange={setWanted}
        minDate={local(new Date().toISOString())}
        popoverProps={{ withinPortal: false }}
      />
      {setting.error && <ErrorNote error={setting.error} />}
      <Group gap="xs" justify="flex-end">
        {held.detail.expires_at !== null && (
          <Button variant="default" size="xs" disabled={setting.isPending} onClick={() => setting.mutate(null)}>
            {words.details.noEnd}
          </Button>
        )}
        <Button
          size="xs"
          disabled={!wanted}
          loading={setting.isPending}
          onClick={() => wanted && setting.mutate(new Date(wanted.replace(" ", "T")).toISOString())}
        >
          {common.save}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {words.details.endHint}
      </Text>
    </Stack>
  );
}

/** A moment as the picker has it: `2026-01-31 18:30:00`, in the browser's time zone. */
function local(moment: string): string {
  const at = new Date(moment);
  const here = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return here.toISOString().slice(0, 19).replace("T", " ");
}
