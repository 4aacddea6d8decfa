import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconMail } from "@tabler/icons-react";
import { useState } from "react";
import { api, given } from "../../api/call";
import { useMe } from "../../api/here";
import { words } from "../../texts/account";
import { Email, Said, Wrong } from "../signin/fields";
import { useAct, useSend } from "../signin/useSend";
import { Section } from "./Section";

/** One's address: whether it is confirmed, and how to change it. */
export function EmailAddress() {
  const { email, verified } = useMe();
  const [changing, setChanging] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const { busy, wrong, act } = useAct();
  const resend = async () => {
    await given(api.POST("/api/v1/auth/email/verification", { body: { email } }));
    setSaid(words.resent(email));
  };
  const sent = (to: string) => {
    setChanging(false);
    setSaid(words.proofSent(to));
  };
  return (
    <Section title={words.email} text={words.emailText}>
      <Group gap="xs">
        <IconMail size={18} aria-hidden />
        <Text>{email}</Text>
        <Badge variant="light" color={verified ? "teal" : "yellow"}>
          {verified ? words.verified : words.notVerified}
        </Badge>
      </Group>
      <Said news={said === null ? null : { text: said }} />
      <Wrong text={wrong} />
      {changing ? (
        <ChangeEmail sent={sent} cancel={() => setChanging(false)} />
      ) : (
        <Group gap="xs">
          {!verified && (
            <Button loading={busy} onClick={() => void act(resend)}>
              {words.resend}
            </Button>
          )}
          <Button variant="default" onClick={() => setChanging(true)}>
            {words.changeEmail}
          </Button>
        </Group>
      )}
    </Section>
  );
}

function ChangeEmail({ sent, cancel }: { sent: (to: string) => void; cancel: () => void }) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "" },
    validate: { email: isNotEmpty(words.needEmail) },
  });
  const { busy, wrong, submit } = useSend(form, async ({ email }) => {
    await given(api.POST("/api/v1/auth/me/email", { body: { email: email.trim() } }));
    sent(email.trim());
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Email
          label={words.newEmail}
          size="sm"
          autoComplete="email"
          autoFocus
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <Wrong text={wrong} />
        <Group gap="xs">
          <Button type="submit" loading={busy}>
            {words.sendProof}
          </Button>
          <Button variant="subtle" color="gray" onClick={cancel}>
            {words.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
