import { Button, Divider, Modal, Stack, Text, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { IconFingerprint } from "@tabler/icons-react";
import { useState } from "react";
import { api, given } from "../../api/call";
import { useMe } from "../../api/here";
import { me, queries } from "../../api/queries";
import { words } from "../../texts/account";
import { Password, Wrong } from "../signin/fields";
import { makePasskey, passkeysWork } from "../signin/passkey";
import { useAct, useSend } from "../signin/useSend";
import { accountChanged } from "./asked";
import { RecoveryCodes } from "./RecoveryCodes";

interface Props {
  /** Closes it; there is a way now to come in again. */
  done: () => void;
  close: () => void;
}

/** Asks who came in by their first link for a name and a way to come in again. */
export function Welcome({ done, close }: Props) {
  const user = useMe();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const passkey = useAct();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: user.name, password: "" },
    validate: { name: isNotEmpty(words.needYourName), password: isNotEmpty(words.needPassword) },
  });
  const keepName = async () => {
    const name = form.getValues().name.trim();
    if (name === "" || name === user.name) return;
    await given(api.PATCH("/api/v1/auth/me", { params: { header: { "if-match": "*" } }, body: { name } }));
  };
  const finish = async () => {
    await Promise.all([queries.invalidateQueries({ queryKey: me.queryKey }), accountChanged()]);
    notifications.show({ message: words.welcomeDone, color: "teal" });
    done();
  };
  const { busy, wrong, submit } = useSend(form, async ({ password }) => {
    await keepName();
    const body = { new_password: password, keep_other_sessions: true };
    await given(api.POST("/api/v1/auth/password", { body }));
    await finish();
  });
  const addPasskey = async () => {
    await keepName();
    const { options } = await given(api.POST("/api/v1/auth/passkeys/options"));
    const body = { credential: await makePasskey(options), name: words.passkeyNameDefault };
    const made = await given(api.POST("/api/v1/auth/passkeys", { params: { query: { keep_others: true } }, body }));
    setCodes(made.recovery_codes);
  };
  if (codes !== null)
    return (
      <Modal opened onClose={() => void finish()} title={words.codesTitle} centered withCloseButton={false}>
        <Stack gap="md">
          <RecoveryCodes codes={codes} />
          <Button onClick={() => void finish()}>{words.codesKept}</Button>
        </Stack>
      </Modal>
    );
  return (
    <Modal opened onClose={close} title={words.welcomeTitle} centered closeOnEscape={!busy && !passkey.busy}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{words.welcomeText(user.email)}</Text>
          <TextInput
            label={words.yourName}
            name="name"
            autoComplete="name"
            maxLength={120}
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          <Password
            label={words.password}
            size="sm"
            description={words.passwordHint}
            autoComplete="new-password"
            inputWrapperOrder={["label", "input", "error", "description"]}
            data-autofocus
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Wrong text={wrong} />
          <Button type="submit" loading={busy}>
            {words.setPassword}
          </Button>
          {passkeysWork() && (
            <>
              <Divider label={words.or} />
              <Button
                variant="default"
                leftSection={<IconFingerprint size={18} aria-hidden />}
                loading={passkey.busy}
                onClick={() => void passkey.act(addPasskey)}
              >
                {words.addPasskey}
              </Button>
            </>
          )}
          <Wrong text={passkey.wrong} />
        </Stack>
      </form>
    </Modal>
  );
}
