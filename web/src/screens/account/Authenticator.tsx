import { Badge, Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/account";
import { ErrorNote } from "../../ui/ErrorNote";
import { Wrong } from "../signin/fields";
import { useAct } from "../signin/useSend";
import { accountChanged, factors } from "./asked";
import { CodesDialog } from "./CodesDialog";
import { confirm } from "./confirm";
import { Section } from "./Section";

const AddApp = lazy(async () => ({ default: (await import("./AddApp")).AddApp }));

const remove = () =>
  confirm({
    title: words.removeAppTitle,
    text: words.removeAppText,
    label: words.removeApp,
    others: true,
    act: async (keep_others) => {
      await given(api.DELETE("/api/v1/auth/totp", { params: { query: { keep_others } } }));
      await accountChanged();
    },
    said: words.appRemoved,
  });

/** The app whose codes are asked for after the password. */
export function Authenticator() {
  const { data, error, refetch } = useQuery(factors);
  const { busy, wrong, act } = useAct();
  const [adding, setAdding] = useState<Schema<"NewApp"> | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const begin = async () => setAdding(await given(api.POST("/api/v1/auth/totp")));
  const added = async (made: readonly string[]) => {
    setAdding(null);
    setCodes(made);
    notifications.show({ message: words.appAdded, color: "teal" });
    await accountChanged();
  };
  const on = data?.totp ?? false;
  const actions = (
    <Group gap="sm">
      {data !== undefined && (
        <Badge variant="light" color={on ? "teal" : "gray"}>
          {on ? words.appOn : words.appOff}
        </Badge>
      )}
      <Button
        variant="default"
        loading={busy}
        disabled={data === undefined}
        onClick={() => (on ? remove() : void act(begin))}
      >
        {on ? words.removeApp : words.addApp}
      </Button>
    </Group>
  );
  return (
    <Section title={words.app} text={words.appText} actions={actions}>
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      <Wrong text={wrong} />
      <Suspense fallback={null}>
        {adding !== null && <AddApp app={adding} added={added} close={() => setAdding(null)} />}
      </Suspense>
      <CodesDialog codes={codes} close={() => setCodes(null)} />
    </Section>
  );
}
