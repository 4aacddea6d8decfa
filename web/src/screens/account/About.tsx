import "@mantine/core/styles/Combobox.css";
import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { api, given, type Schema } from "../../api/call";
import { useMe } from "../../api/here";
import { me, queries } from "../../api/queries";
import { words } from "../../texts/account";
import { Wrong } from "../signin/fields";
import { useAct, useSend } from "../signin/useSend";
import { Picture } from "./Picture";
import { Section } from "./Section";

type Status = Schema<"MeView">["status"];

const STATUSES: readonly Status[] = ["online", "away", "dnd", "offline"];

async function change(body: Schema<"MeChange">): Promise<void> {
  const changed = await given(api.PATCH("/api/v1/auth/me", { params: { header: { "if-match": "*" } }, body }));
  queries.setQueryData(me.queryKey, changed);
  notifications.show({ message: words.saved, color: "teal" });
}

/** Name, status and picture. */
export function About() {
  const user = useMe();
  const choice = useAct();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: user.name },
    validate: { name: isNotEmpty(words.needName) },
  });
  const { busy, wrong, submit } = useSend(form, ({ name }) => change({ name: name.trim() }));
  return (
    <Section title={words.you}>
      <Picture />
      <form onSubmit={submit} noValidate>
        <Stack gap="xs">
          <Group align="flex-end" gap="xs">
            <TextInput
              label={words.name}
              name="name"
              autoComplete="name"
              maxLength={120}
              flex={1}
              key={form.key("name")}
              {...form.getInputProps("name")}
            />
            <Button type="submit" variant="default" loading={busy}>
              {words.save}
            </Button>
          </Group>
          <Wrong text={wrong} />
        </Stack>
      </form>
      <Select
        label={words.status}
        description={words.statusHint}
        data={STATUSES.map((value) => ({ value, label: words.statuses[value] }))}
        value={user.status}
        allowDeselect={false}
        disabled={choice.busy}
        onChange={(status) => void choice.act(() => change({ status }))}
      />
      <Wrong text={choice.wrong} />
    </Section>
  );
}
