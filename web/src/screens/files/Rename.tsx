import { Button, Group, Stack, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { Problem } from "../../api/call";
import { words as common } from "../../texts/everywhere";
import { words } from "../../texts/files";
import { ErrorNote } from "../../ui/ErrorNote";
import { modals } from "../../ui/modals";
import { rename, type StoredFile } from "./queries";

/** Asks for another name of a file. */
export function Rename({ workspace, file }: { workspace: string; file: StoredFile }) {
  const form = useForm({ initialValues: { name: file.name }, validate: { name: isNotEmpty(words.nameMissing) } });
  const change = useMutation({
    mutationFn: (name: string) => rename(workspace, file, name),
    onSuccess: (_, name) => {
      modals.closeAll();
      notifications.show({ message: words.renamed(name) });
    },
    onError: (error) => error instanceof Problem && form.setErrors(error.errors),
  });
  return (
    <form onSubmit={form.onSubmit(({ name }) => change.mutate(name.trim()))} noValidate>
      <Stack>
        <TextInput data-autofocus label={words.newName} maxLength={255} {...form.getInputProps("name")} />
        {change.error && !form.errors.name && <ErrorNote error={change.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
