import { Anchor, Button, Group, Stack } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconFingerprint } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { depart, type Departure } from "./departures";
import { Email, Or, Password, Said, Wrong, type News } from "./fields";
import { askPasskey, passkeysWork } from "./passkey";
import { usePasskeyOffer } from "./usePasskeyOffer";
import { useAct, useSend } from "./useSend";

interface Props {
  said: News | null;
  lead: string;
  email: string;
  /** What goes on when the browser comes back from a provider. */
  departure: Departure;
  signIn: (body: Schema<"LogIn">) => Promise<void>;
  entered: () => void;
  go: (step: "forgot" | "register") => void;
}

/** The ways to sign in. */
export function PasswordStep({ said, lead, email, departure, signIn, entered, go }: Props) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email, password: "" },
    validate: { email: isNotEmpty(words.needEmail), password: isNotEmpty(words.needPassword) },
  });
  const { busy, wrong, submit } = useSend(form, signIn);
  const below = (
    <Group justify="space-between">
      <Anchor component="button" type="button" size="sm" py="xs" onClick={() => go("forgot")}>
        {words.forgot}
      </Anchor>
      <Anchor component="button" type="button" size="sm" py="xs" onClick={() => go("register")}>
        {words.register}
      </Anchor>
    </Group>
  );
  return (
    <Card title={words.signIn} lead={lead} below={below}>
      <Said news={said} />
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Email autoFocus autoComplete="username webauthn" key={form.key("email")} {...form.getInputProps("email")} />
          <Password
            label={words.password}
            autoComplete="current-password"
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Wrong text={wrong} />
          <Button type="submit" size="md" mt={4} loading={busy}>
            {words.signIn}
          </Button>
        </Stack>
      </form>
      <OtherWays departure={departure} entered={entered} />
    </Card>
  );
}

function OtherWays({ departure, entered }: { departure: Departure; entered: () => void }) {
  const { busy, wrong, act } = useAct();
  const providers = useQuery({
    queryKey: ["providers"],
    queryFn: async () => (await given(api.GET("/api/v1/auth/providers"))).items,
  }).data;
  const enter = async (credential: Record<string, unknown>) => {
    await given(api.POST("/api/v1/auth/sessions/passkey", { body: { credential } }));
    entered();
  };
  const byPasskey = async () => {
    const { options } = await given(api.POST("/api/v1/auth/sessions/passkey/options"));
    await enter(await askPasskey(options));
  };
  usePasskeyOffer(busy, (credential) => void act(() => enter(credential)));
  const byProvider = async (provider: string) => {
    const { url } = await given(
      api.POST("/api/v1/auth/providers/{provider}/sign-in", { params: { path: { provider } } }),
    );
    depart(url, departure);
  };
  if (!passkeysWork() && !providers?.length) return null;
  return (
    <Stack gap="sm">
      <Or />
      {passkeysWork() && (
        <Button
          variant="default"
          size="md"
          leftSection={<IconFingerprint size={18} aria-hidden />}
          disabled={busy}
          onClick={() => void act(byPasskey)}
        >
          {words.passkey}
        </Button>
      )}
      {providers?.map(({ name, title }) => (
        <Button key={name} variant="default" size="md" disabled={busy} onClick={() => void act(() => byProvider(name))}>
          {words.withProvider(title)}
        </Button>
      ))}
      <Wrong text={wrong} />
    </Stack>
  );
}
