import { Anchor, Button, Center, Stack, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconFingerprint } from "@tabler/icons-react";
import { useState } from "react";
import { api, given } from "../../api/call";
import { words } from "../../texts/signin";
import { RecoveryCodes } from "../account/RecoveryCodes";
import { Card } from "./Card";
import { Password, Wrong } from "./fields";
import { makePasskey, passkeysWork } from "./passkey";
import { useAct, useSend } from "./useSend";

const KEY = "outlast.welcomed";

/** Whether somebody has no way yet to come in again, and was not asked on this device. Asked once, they are not again. */
export async function wantsWelcome(): Promise<boolean> {
  const [user, factors] = await Promise.all([
    given(api.GET("/api/v1/auth/me")),
    given(api.GET("/api/v1/auth/factors")),
  ]);
  if (user.has_password || factors.passkeys > 0 || localStorage.getItem(KEY) === user.id) return false;
  localStorage.setItem(KEY, user.id);
  return true;
}

/** Asks who came in by their first link for a name and a way to come in again. */
export function Welcome({ done }: { done: () => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  const passkey = useAct();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", password: "" },
    validate: { password: isNotEmpty(words.needPassword) },
  });
  const keepName = async () => {
    const name = form.getValues().name.trim();
    if (name === "") return;
    await given(api.PATCH("/api/v1/auth/me", { params: { header: { "if-match": "*" } }, body: { name } }));
  };
  const { busy, wrong, submit } = useSend(form, async ({ password }) => {
    await keepName();
    const body = { new_password: password, keep_other_sessions: true };
    await given(api.POST("/api/v1/auth/password", { body }));
    done();
  });
  const addPasskey = async () => {
    await keepName();
    const { options } = await given(api.POST("/api/v1/auth/passkeys/options"));
    const body = { credential: await makePasskey(options), name: "" };
    const made = await given(api.POST("/api/v1/auth/passkeys", { params: { query: { keep_others: true } }, body }));
    if (made.recovery_codes.length > 0) setCodes(made.recovery_codes);
    else done();
  };
  if (codes !== null)
    return (
      <Card title={words.codesTitle}>
        <RecoveryCodes codes={codes} />
        <Button size="md" onClick={done}>
          {words.go}
        </Button>
      </Card>
    );
  const later = (
    <Center>
      <Anchor component="button" type="button" size="sm" py="xs" px="md" onClick={done}>
        {words.later}
      </Anchor>
    </Center>
  );
  return (
    <Card title={words.welcomeTitle} lead={words.welcomeText} below={later}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={words.yourName}
            name="name"
            autoComplete="name"
            size="md"
            maxLength={120}
            autoFocus
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          <Password
            label={words.password}
            description={words.passwordHint}
            autoComplete="new-password"
            inputWrapperOrder={["label", "input", "error", "description"]}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Wrong text={wrong ?? passkey.wrong} />
          <Button type="submit" size="md" loading={busy}>
            {words.welcomeSet}
          </Button>
          {passkeysWork() && (
            <Button
              variant="default"
              size="md"
              leftSection={<IconFingerprint size={18} aria-hidden />}
              disabled={passkey.busy}
              onClick={() => void passkey.act(addPasskey)}
            >
              {words.welcomePasskey}
            </Button>
          )}
        </Stack>
      </form>
    </Card>
  );
}
