import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { api, given, Problem } from "../../api/call";
import type { Workspace } from "../../api/here";
import { queries, workspaces } from "../../api/queries";
import { words as common } from "../../texts/everywhere";
import { words } from "../../texts/frame";
import { ErrorNote } from "../ErrorNote";
import { modals } from "../modals";

/** Asks for the name of a workspace, and makes it. */
export function CreateWorkspace({ onCreated }: { onCreated: (made: Workspace) => void }) {
  const form = useForm({ initialValues: { name: "" }, validate: { name: isNotEmpty(words.workspaceNameMissing) } });
  const create = useMutation({
    mutationFn: (name: string) => given(api.POST("/api/v1/workspaces", { body: { name } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: workspaces.queryKey });
      modals.closeAll();
      onCreated(made);
    },
    onError: (error) => error instanceof Problem && form.setErrors(error.errors),
  });
  return (
    <form onSubmit={form.onSubmit(({ name }) => create.mutate(name.trim()))} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {words.createWorkspaceText}
        </Text>
        <TextInput
          data-autofocus
          label={words.workspaceName}
          placeholder={words.workspaceNameHint}
          maxLength={80}
          {...form.getInputProps("name")}
        />
        {create.error && !form.errors.name && <ErrorNote error={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {words.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
