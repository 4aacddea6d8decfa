import { Anchor, Button, Center, Stack } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconFingerprint } from "@tabler/icons-react";
import { api, given, Problem, type Schema } from "../../api/call";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { Code, Or, Wrong } from "./fields";
import { askPasskey, passkeysWork } from "./passkey";
import { useAct, useSend } from "./useSend";

/** A log-in whose first step is done. */
export interface Pending {
  pending: string;
  factors: readonly string[];
}

/** What a refused first step leaves to do; null when it was refused for another reason. */
export function pendingOf(error: unknown): Pending | null {
  if (!(error instanceof Problem) || error.code !== "auth.second_factor_required") return null;
  const { pending, factors } = error.told;
  if (typeof pending !== "string" || !Array.isArray(factors)) return null;
  return { pending, factors: factors.map(String) };
}

interface Props {
  first: Pending;
  entered: () => void;
  back: (why?: string) => void;
}

/** The second step of a log-in, by a code or a passkey. */
export function SecondStep({ first, entered, back }: Props) {
  const { pending, factors } = first;
  const byApp = factors.includes("totp");
  const byCode = byApp || factors.includes("recovery");
  const byPasskey = factors.includes("passkey") && passkeysWork();
  const finish = async (proof: Omit<Schema<"SecondStep">, "pending">) => {
    try {
      await given(api.POST("/api/v1/auth/sessions/second-factor", { body: { pending, ...proof } }));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "auth.second_step_over") throw error;
      return back(error.message);
    }
    entered();
  };
  return (
    <Card title={words.secondTitle} lead={leadOf(byApp, byPasskey)} below={<Back back={() => back()} />}>
      {byPasskey && <PasskeyButton pending={pending} finish={finish} />}
      {byPasskey && byCode && <Or />}
      {byCode && <CodeForm label={byApp ? words.codeOfApp : words.recoveryCode} focus={!byPasskey} finish={finish} />}
    </Card>
  );
}

function leadOf(byApp: boolean, byPasskey: boolean): string {
  if (byApp) return byPasskey ? words.secondLeadBoth : words.secondLeadApp;
  return byPasskey ? words.secondLeadPasskey : words.secondLeadRecovery;
}

type Finish = (proof: Omit<Schema<"SecondStep">, "pending">) => Promise<void>;

function CodeForm({ label, focus, finish }: { label: string; focus: boolean; finish: Finish }) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { code: "" },
    validate: { code: isNotEmpty(words.needCode) },
  });
  const { busy, wrong, submit } = useSend(form, ({ code }) => finish({ code: code.trim() }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Code label={label} autoFocus={focus} key={form.key("code")} {...form.getInputProps("code")} />
        <Wrong text={wrong} />
        <Button type="submit" size="md" loading={busy}>
          {words.go}
        </Button>
      </Stack>
    </form>
  );
}

function PasskeyButton({ pending, finish }: { pending: string; finish: Finish }) {
  const { busy, wrong, act } = useAct();
  const use = async () => {
    const { options } = await given(api.POST("/api/v1/auth/sessions/second-factor/options", { body: { pending } }));
    await finish({ credential: await askPasskey(options) });
  };
  return (
    <Stack gap="sm">
      <Button
        size="md"
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={busy}
        onClick={() => void act(use)}
      >
        {words.passkey}
      </Button>
      <Wrong text={wrong} />
    </Stack>
  );
}

/** The way back to the first step. */
export function Back({ back }: { back: () => void }) {
  return (
    <Center>
      <Anchor component="button" type="button" size="sm" py="xs" onClick={back}>
        {words.back}
      </Anchor>
    </Center>
  );
}
