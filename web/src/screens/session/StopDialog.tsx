import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { words } from "../../texts/session";
import { ErrorNote } from "../../ui/ErrorNote";
import { useFocusBack } from "../../ui/useFocusBack";
import { stop, type Place } from "./calls";

const MAX_CHARS = 500;

/** Asks whether a session is to be stopped, and why. */
export function StopDialog({ place, close }: { place: Place; close: () => void }) {
  useFocusBack();
  const [reason, setReason] = useState("");
  const stopping = useMutation({ mutationFn: () => stop(place, reason.trim()), onSuccess: close });
  return (
    <Modal opened onClose={close} title={words.stopping.title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          stopping.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{words.stopping.text}</Text>
          <Textarea
            label={words.stopping.reason}
            description={words.stopping.hint}
            value={reason}
            maxLength={MAX_CHARS}
            autosize
            minRows={2}
            maxRows={6}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {stopping.error && <ErrorNote error={stopping.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {words.stopping.keep}
            </Button>
            <Button type="submit" color="red" loading={stopping.isPending}>
              {words.stop}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
