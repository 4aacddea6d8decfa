import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRestore } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, given } from "../../api/call";
import { workspaces } from "../../api/queries";
import { words } from "../../texts/settings";
import { Moment } from "../../ui/Moment";
import { Fields } from "./Part";
import { deletedOnes, type Deleted } from "./queries";

/** The caller's deleted workspaces, as long as there are some; stands by itself. */
export function DeletedWorkspaces() {
  const { data } = useQuery(deletedOnes);
  if (!data?.length) return null;
  return (
    <Fields title={words.deletedOnes}>
      <Text size="sm" c="dimmed">
        {words.deletedText}
      </Text>
      {data.map((one) => (
        <DeletedRow key={one.id} deleted={one} />
      ))}
    </Fields>
  );
}

function DeletedRow({ deleted }: { deleted: Deleted }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const restore = useMutation({
    mutationFn: () =>
      given(
        api.POST("/api/v1/workspaces/deleted/{deleted_id}/restore", { params: { path: { deleted_id: deleted.id } } }),
      ),
    onSuccess: async (workspace) => {
      client.setQueryData(workspaces.queryKey, (all) => [...(all ?? []), workspace]);
      notifications.show({ message: words.restored(workspace.name) });
      await navigate({ to: "/w/$workspace", params: { workspace: workspace.slug } });
    },
    onError: (problem) => notifications.show({ color: "red", title: words.notRestored, message: problem.message }),
    onSettled: () => client.invalidateQueries({ queryKey: workspaces.queryKey }),
  });
  return (
    <Group justify="space-between" wrap="nowrap">
      <Stack gap={0} miw={0}>
        <Text size="sm" fw={500} truncate>
          {deleted.name}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          {words.purgeAt} <Moment at={deleted.purge_at} />
        </Text>
      </Stack>
      <Button
        variant="default"
        leftSection={<IconRestore size={16} />}
        aria-label={words.restoreOf(deleted.name)}
        loading={restore.isPending}
        onClick={() => restore.mutate()}
      >
        {words.restore}
      </Button>
    </Group>
  );
}
