import { Button, FileButton, Group, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFileText } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, given, Problem } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { license as words } from "../../texts/settings";
import { ErrorNote } from "../../ui/ErrorNote";
import classes from "./LicenseInstall.module.css";

/** Why a licence is refused, in words for who pasted it; null where another error is to be told as it is. */
export function whyRefused(problem: unknown): string | null {
  if (!(problem instanceof Problem) || problem.code !== "license.invalid") return null;
  return words.reasons[problem.errors.license ?? ""] ?? problem.message;
}

/** Install a licence by its text. */
export function LicenseInstall({ tag }: { tag: string }) {
  const here = useWorkspace();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const install = useMutation({
    mutationFn: () =>
      given(
        api.PUT("/api/v1/workspaces/{workspace_id}/license", {
          params: { path: { workspace_id: here.id }, header: { "if-match": tag } },
          body: { text: text.trim() },
        }),
      ),
    onSuccess: (details) => {
      setText("");
      notifications.show({ message: words.installed(words.plans[details.plan]) });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["license"] });
      return client.invalidateQueries({ queryKey: ["workspace", here.id, "license"] });
    },
  });
  const type = (value: string) => {
    setText(value);
    setMissing(false);
    install.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!text.trim());
    if (text.trim()) install.mutate();
  };
  const refused = whyRefused(install.error);
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" c="dimmed">
          {words.installHint}
        </Text>
        <Textarea
          label={words.text}
          placeholder={words.textPlaceholder}
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
          error={refused ?? (missing && words.empty)}
          autosize
          minRows={3}
          maxRows={8}
          maxLength={16_384}
          spellCheck={false}
          classNames={{ input: classes.text }}
        />
        {install.error && refused === null && <ErrorNote error={install.error} />}
        <Group justify="space-between">
          <FileButton onChange={(file) => void file?.text().then(type)}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFileText size={16} />}>
                {words.file}
              </Button>
            )}
          </FileButton>
          <Button type="submit" loading={install.isPending}>
            {words.installDo}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
