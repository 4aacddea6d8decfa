import { Button, Stack } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useState } from "react";
import { api, given } from "../../api/call";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { Email, Wrong } from "./fields";
import { MailSent } from "./MailSent";
import { Back } from "./SecondStep";
import { useSend } from "./useSend";

/** Ask for a mail by which a new password can be set. */
export function Forgot({ back }: { back: () => void }) {
  const [mailed, setMailed] = useState<string | null>(null);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "" },
    validate: { email: isNotEmpty(words.needEmail) },
  });
  const ask = (email: string) => given(api.POST("/api/v1/auth/password/forgot", { body: { email } }));
  const { busy, wrong, submit } = useSend(form, async ({ email }) => {
    await ask(email.trim());
    setMailed(email.trim());
  });
  if (mailed !== null) return <MailSent text={words.forgotText(mailed)} again={() => ask(mailed)} back={back} />;
  return (
    <Card title={words.forgotTitle} lead={words.forgotLead} below={<Back back={back} />}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Email autoFocus key={form.key("email")} {...form.getInputProps("email")} />
          <Wrong text={wrong} />
          <Button type="submit" size="md" loading={busy}>
            {words.sendMail}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
