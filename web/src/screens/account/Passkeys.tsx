import { Badge, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/account";
import { ErrorNote } from "../../ui/ErrorNote";
import { Moment } from "../../ui/Moment";
import { makePasskey, passkeysWork } from "../signin/passkey";
import classes from "./Account.module.css";
import { accountChanged, passkeys } from "./asked";
import { CodesDialog } from "./CodesDialog";
import { confirm } from "./confirm";
import { PasskeyDialog } from "./PasskeyDialog";
import { Section } from "./Section";

type Passkey = Schema<"PasskeyItem">;

const remove = ({ id, name }: Passkey) =>
  confirm({
    title: words.removePasskeyTitle,
    text: words.removePasskeyText(name),
    label: words.remove,
    others: true,
    act: async (keep_others) => {
      const params = { path: { passkey_id: id }, query: { keep_others } };
      await given(api.DELETE("/api/v1/auth/passkeys/{passkey_id}", { params }));
      await accountChanged();
    },
    said: words.passkeyRemoved,
  });

/** The account's passkeys. */
export function Passkeys() {
  const { data, error, refetch } = useQuery(passkeys);
  const [open, setOpen] = useState<"add" | Passkey | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const add = async (name: string, keep_others: boolean) => {
    const { options } = await given(api.POST("/api/v1/auth/passkeys/options"));
    const body = { credential: await makePasskey(options), name };
    const made = await given(api.POST("/api/v1/auth/passkeys", { params: { query: { keep_others } }, body }));
    setOpen(null);
    setCodes(made.recovery_codes);
    notifications.show({ message: words.passkeyIsAdded, color: "teal" });
    await accountChanged();
  };
  const rename = async (id: string, name: string) => {
    const params = { path: { passkey_id: id } };
    await given(api.PATCH("/api/v1/auth/passkeys/{passkey_id}", { params, body: { name } }));
    setOpen(null);
    await accountChanged();
  };
  const button = (
    <Button variant="default" disabled={!passkeysWork()} onClick={() => setOpen("add")}>
      {words.addPasskey}
    </Button>
  );
  return (
    <Section title={words.passkeys} text={words.passkeysText} actions={button}>
      {!passkeysWork() && <Text size="sm">{words.passkeysImpossible}</Text>}
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {data === undefined && error === null && <Skeleton h={20} w={160} />}
      {data?.length === 0 && <Text size="sm">{words.noPasskeys}</Text>}
      {!!data?.length && (
        <div className={classes.rows}>
          {data.map((one) => (
            <Row key={one.id} passkey={one} rename={() => setOpen(one)} />
          ))}
        </div>
      )}
      {open === "add" && <PasskeyDialog act={add} close={() => setOpen(null)} />}
      {open !== null && open !== "add" && (
        <PasskeyDialog named={open.name} act={(name) => rename(open.id, name)} close={() => setOpen(null)} />
      )}
      <CodesDialog codes={codes} close={() => setCodes(null)} />
    </Section>
  );
}

function Row({ passkey, rename }: { passkey: Passkey; rename: () => void }) {
  const { name, backed_up, created_at, last_used_at } = passkey;
  return (
    <div className={classes.row}>
      <Stack gap={2} className={classes.what}>
        <Group gap="xs">
          <Text fw={500}>{name}</Text>
          {backed_up && (
            <Badge variant="light" color="gray">
              {words.backedUp}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {words.passkeyAdded} <Moment at={created_at} /> ·{" "}
          {last_used_at === null ? (
            words.passkeyUnused
          ) : (
            <>
              {words.passkeyUsed} <Moment at={last_used_at} />
            </>
          )}
        </Text>
      </Stack>
      <Group gap="xs">
        <Button variant="default" aria-label={words.renameOf(name)} onClick={rename}>
          {words.rename}
        </Button>
        <Button variant="default" aria-label={words.removeOf(name)} onClick={() => remove(passkey)}>
          {words.remove}
        </Button>
      </Group>
    </div>
  );
}
