import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useRouter } from "@tanstack/react-router";
import { api, given } from "../../api/call";
import { useMe } from "../../api/here";
import { words } from "../../texts/account";
import { Wrong } from "../signin/fields";
import { useSend } from "../signin/useSend";
import { workspacesChanged } from "./asked";
import { Section } from "./Section";

/** Says to who is in no workspace how to get into one. */
export function NoWorkspace() {
  const router = useRouter();
  const { email, verified } = useMe();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "" },
    validate: { name: isNotEmpty(words.needName) },
  });
  const { busy, wrong, submit } = useSend(form, async ({ name }) => {
    const { slug } = await given(api.POST("/api/v1/workspaces", { body: { name: name.trim() } }));
    await workspacesChanged();
    await router.navigate({ to: "/w/$workspace", params: { workspace: slug } });
  });
  return (
    <Section title={words.noWorkspace} text={words.noWorkspaceText}>
      <Text fw={500}>{email}</Text>
      {!verified && <Text size="sm">{words.noWorkspaceVerify}</Text>}
      <form onSubmit={submit} noValidate>
        <Stack gap="xs">
          <Group align="flex-end" gap="xs">
            <TextInput
              label={words.workspaceName}
              name="workspace"
              autoComplete="organization"
              maxLength={100}
              flex="1 1 12rem"
              key={form.key("name")}
              {...form.getInputProps("name")}
            />
            <Button type="submit" loading={busy}>
              {words.makeWorkspace}
            </Button>
          </Group>
          <Wrong text={wrong} />
        </Stack>
      </form>
    </Section>
  );
}
