import { Alert, Button, Card, Group, Modal, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { api, given } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/settings";
import { ErrorNote } from "../../ui/ErrorNote";
import { useGoingOut } from "../people/useMemberActions";
import { deletedOnes, tagged } from "./queries";

/** What can't be undone for ever. */
export function DangerZone() {
  const here = useWorkspace();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Card withBorder padding="lg" component="section">
      <Stack gap="md">
        <Title order={3} size="h5">
          {words.danger}
        </Title>
        <Group justify="space-between" gap="md">
          <Stack gap={2} flex={1} miw={220}>
            <Text size="sm" fw={500}>
              {words.delete}
            </Text>
            <Text size="sm" c="dimmed">
              {words.deleteHint}
            </Text>
          </Stack>
          <Button color="red" variant="light" onClick={open}>
            {words.deleteDo}
          </Button>
        </Group>
      </Stack>
      <Modal
        opened={opened}
        onClose={close}
        title={words.deleteTitle(here.name)}
        centered
        closeButtonProps={{ "aria-label": words.close }}
      >
        <Deletion close={close} />
      </Modal>
    </Card>
  );
}

function Deletion({ close }: { close: () => void }) {
  const here = useWorkspace();
  const client = useQueryClient();
  const goOut = useGoingOut();
  const [typed, setTyped] = useState("");
  const form = useId();
  const remove = useMutation({
    mutationFn: async () => {
      const { tag } = await client.fetchQuery({ ...tagged(here.id), staleTime: 0 });
      const params = { path: { workspace_id: here.id }, header: { "if-match": tag } };
      return given(api.DELETE("/api/v1/workspaces/{workspace_id}", { params }));
    },
    onSuccess: async () => {
      await goOut();
      await client.invalidateQueries({ queryKey: deletedOnes.queryKey });
      notifications.show({ message: words.deleted(here.name) });
    },
  });
  const sure = typed.trim() === here.name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (sure) remove.mutate();
  };
  return (
    <form onSubmit={submit} id={form}>
      <Stack>
        <Alert color="red" role="note" icon={<IconAlertTriangle />}>
          {words.deleteText}
        </Alert>
        <TextInput
          label={words.deleteType(here.name)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        {remove.error && <ErrorNote error={remove.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {words.cancel}
          </Button>
          <Button type="submit" color="red" disabled={!sure} loading={remove.isPending}>
            {words.deleteDo}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
