import { Button, Stack, Text, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { Email, Password, Wrong } from "./fields";
import { MailSent } from "./MailSent";
import { Back } from "./SecondStep";
import { useSend } from "./useSend";

/** What the maker of an account was invited to. */
export interface Invited {
  token: string;
  email: string;
  workspace: string;
}

interface Props {
  invited: Invited | null;
  signIn: (body: Schema<"LogIn">) => Promise<void>;
  back: () => void;
}

/** Make an account: by an invite one is in at once, else a mail confirms the address. */
export function Register({ invited, signIn, back }: Props) {
  const [mailed, setMailed] = useState<string | null>(null);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", email: invited?.email ?? "", password: "" },
    validate: {
      name: isNotEmpty(words.needName),
      email: isNotEmpty(words.needEmail),
      password: isNotEmpty(words.needPassword),
    },
  });
  const { busy, wrong, submit } = useSend(form, async ({ name, email, password }) => {
    const body = { name: name.trim(), email: email.trim(), password };
    await given(api.POST("/api/v1/auth/users", { body: invited ? { ...body, invite: invited.token } : body }));
    // Who was invited has proved the address by reading the mail.
    if (invited !== null && body.email === invited.email) await signIn({ email: body.email, password });
    else setMailed(body.email);
  });
  if (mailed !== null) {
    const again = () => given(api.POST("/api/v1/auth/email/verification", { body: { email: mailed } }));
    return <MailSent text={words.registeredText(mailed)} again={again} back={back} />;
  }
  const lead = invited ? words.registerLeadInvited(invited.workspace) : words.registerLead;
  return (
    <Card title={words.registerTitle} lead={lead} below={<Back back={back} />}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={words.name}
            name="name"
            autoComplete="name"
            size="md"
            maxLength={120}
            autoFocus
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          <Email key={form.key("email")} {...form.getInputProps("email")} />
          <Password
            label={words.password}
            description={words.passwordHint}
            autoComplete="new-password"
            inputWrapperOrder={["label", "input", "error", "description"]}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Wrong text={wrong} />
          <Button type="submit" size="md" mt={4} loading={busy}>
            {words.make}
          </Button>
        </Stack>
      </form>
      {invited && (
        <Text size="xs" c="dimmed">
          {words.inviteFor(invited.email)}
        </Text>
      )}
    </Card>
  );
}
