import "@mantine/core/styles/Checkbox.css";
import { Anchor, Button, Checkbox, Code as Typed, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useMemo } from "react";
import { encode } from "uqr";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/account";
import { Code, Wrong } from "../signin/fields";
import { useSend } from "../signin/useSend";
import classes from "./Account.module.css";

interface Props {
  app: Schema<"NewApp">;
  added: (codes: readonly string[]) => Promise<void>;
  close: () => void;
}

/** Shows an app's key, and turns the app on by a code of it. */
export function AddApp({ app, added, close }: Props) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { code: "", end_others: true },
    validate: { code: isNotEmpty(words.needCode) },
  });
  const { busy, wrong, submit } = useSend(form, async ({ code, end_others }) => {
    const query = { keep_others: !end_others };
    const body = { code: code.trim() };
    await added((await given(api.POST("/api/v1/auth/totp/confirm", { params: { query }, body }))).recovery_codes);
  });
  return (
    <Modal opened onClose={close} title={words.addAppTitle} centered closeOnClickOutside={false} closeOnEscape={!busy}>
      <Stack gap="md">
        <Text size="sm">{words.appScan}</Text>
        <Stack align="center" gap="xs">
          <QrCode text={app.uri} />
          <Anchor href={app.uri} size="sm">
            {words.appOpen}
          </Anchor>
        </Stack>
        <Key secret={app.secret} />
        <form onSubmit={submit} noValidate>
          <Stack gap="sm">
            <Code
              label={words.appCode}
              size="sm"
              inputMode="numeric"
              data-autofocus
              key={form.key("code")}
              {...form.getInputProps("code")}
            />
            <Checkbox
              label={words.endOthers}
              key={form.key("end_others")}
              {...form.getInputProps("end_others", { type: "checkbox" })}
            />
            <Wrong text={wrong} />
            <Button type="submit" loading={busy}>
              {words.turnOn}
            </Button>
          </Stack>
        </form>
      </Stack>
    </Modal>
  );
}

function Key({ secret }: { secret: string }) {
  return (
    <Group gap="xs" wrap="nowrap" justify="center">
      <Typed aria-label={words.appKey} className={classes.key}>
        {secret}
      </Typed>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            onClick={copy}
          >
            {copied ? words.copied : words.copy}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

function QrCode({ text }: { text: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { border: 2 });
    const dots = code.data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
    return { size: code.size, path: dots.join("") };
  }, [text]);
  return (
    <svg
      className={classes.qr}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={words.appQr}
    >
      <path d={path} />
    </svg>
  );
}
