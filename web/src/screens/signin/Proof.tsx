import { Alert, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconFingerprint } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/signin";
import { depart } from "./departures";
import { Code, Or, Password, Wrong } from "./fields";
import { askPasskey, passkeysWork } from "./passkey";
import { useAct, useSend } from "./useSend";

/** The ways in which somebody can show who they are. */
interface Ways {
  password: boolean;
  code: boolean;
  passkey: boolean;
  providers: Schema<"ProviderItem">[];
}

async function findWays(): Promise<Ways> {
  const [user, factors, links, providers] = await Promise.all([
    given(api.GET("/api/v1/auth/me")),
    given(api.GET("/api/v1/auth/factors")),
    given(api.GET("/api/v1/auth/links")),
    given(api.GET("/api/v1/auth/providers")),
  ]);
  const linked = new Set(links.items.map((link) => link.provider));
  return {
    password: user.has_password,
    code: factors.totp || factors.recovery_codes_left > 0,
    passkey: factors.passkeys > 0 && passkeysWork(),
    providers: providers.items.filter(({ name }) => linked.has(name)),
  };
}

interface Props {
  proved: () => void;
  cancel: () => void;
}

/** Lets somebody show once more who they are, in one of the ways that their account has. */
export function Proof({ proved, cancel }: Props) {
  const { data: ways, error } = useQuery({ queryKey: ["proof"], queryFn: findWays, staleTime: 0, gcTime: 0 });
  const [byCode, setByCode] = useState(false);
  if (error !== null) return <Wrong text={error.message} />;
  if (ways === undefined) return <Skeleton h={180} />;
  const none = !ways.password && !ways.code && !ways.passkey && ways.providers.length === 0;
  const code = ways.code && (byCode || !ways.password);
  return (
    <Stack gap="sm">
      {none ? (
        <Alert color="yellow" title={words.noProof}>
          {words.noProofText}
        </Alert>
      ) : (
        <Text size="sm">{words.proofText}</Text>
      )}
      {(code || ways.password) && <Typed key={String(code)} kind={code ? "code" : "password"} proved={proved} />}
      {(code || ways.password) && (ways.passkey || ways.providers.length > 0 || ways.code) && ways.password && <Or />}
      {ways.password && ways.code && (
        <Button variant="default" onClick={() => setByCode(!byCode)}>
          {byCode ? words.byPassword : words.byCode}
        </Button>
      )}
      <Pressed ways={ways} proved={proved} />
      <Group justify="center">
        <Button variant="subtle" color="gray" onClick={cancel}>
          {words.cancel}
        </Button>
      </Group>
    </Stack>
  );
}

const prove = (body: Schema<"Proof">) => given(api.POST("/api/v1/auth/reauthenticate", { body }));

/** A proof by something that is typed. */
function Typed({ kind, proved }: { kind: "password" | "code"; proved: () => void }) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { typed: "" },
    validate: { typed: isNotEmpty(kind === "code" ? words.needCode : words.needPassword) },
  });
  const { busy, wrong, submit } = useSend(form, async ({ typed }) => {
    await prove(kind === "code" ? { code: typed.trim() } : { password: typed });
    proved();
  });
  const field = form.getInputProps("typed");
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {kind === "code" ? (
          <Code label={words.proofCode} size="sm" autoFocus key={form.key("typed")} {...field} />
        ) : (
          <Password
            label={words.password}
            autoComplete="current-password"
            size="sm"
            autoFocus
            key={form.key("typed")}
            {...field}
          />
        )}
        <Wrong text={wrong} />
        <Button type="submit" loading={busy}>
          {words.confirm}
        </Button>
      </Stack>
    </form>
  );
}

/** Proofs by a passkey, or by a provider, whose page one leaves for and comes back from. */
function Pressed({ ways, proved }: { ways: Ways; proved: () => void }) {
  const { busy, wrong, act } = useAct();
  const byPasskey = async () => {
    const { options } = await given(api.POST("/api/v1/auth/reauthenticate/options"));
    await prove({ passkey: await askPasskey(options) });
    proved();
  };
  const byProvider = async (provider: string) => {
    const { url } = await given(
      api.POST("/api/v1/auth/providers/{provider}/prove", { params: { path: { provider } } }),
    );
    depart(url, { aim: "prove", next: location.pathname + location.search + location.hash });
  };
  return (
    <>
      {ways.passkey && (
        <Button
          variant="default"
          leftSection={<IconFingerprint size={18} aria-hidden />}
          disabled={busy}
          onClick={() => void act(byPasskey)}
        >
          {words.byPasskey}
        </Button>
      )}
      {ways.providers.map(({ name, title }) => (
        <Button key={name} variant="default" disabled={busy} onClick={() => void act(() => byProvider(name))}>
          {words.byProvider(title)}
        </Button>
      ))}
      <Wrong text={wrong} />
    </>
  );
}
