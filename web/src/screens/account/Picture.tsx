import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import { api, given, send } from "../../api/call";
import { useMe, type Me } from "../../api/here";
import { me, queries } from "../../api/queries";
import { words } from "../../texts/account";
import { Person } from "../../ui/Person";
import { Wrong } from "../signin/fields";
import { useAct } from "../signin/useSend";
import { smallPicture } from "./pictures";

async function keep(picture: Blob): Promise<void> {
  const headers = { "content-type": "application/octet-stream" };
  const response = await send(new Request("/api/v1/auth/me/avatar", { method: "PUT", headers, body: picture }));
  const told: unknown = await response.json();
  const changed = await given<Me>(Promise.resolve({ response, data: told as Me, error: told }));
  queries.setQueryData(me.queryKey, changed);
  notifications.show({ message: words.saved, color: "teal" });
}

/** One's picture: chosen, looked at, and then used or not. */
export function Picture() {
  const user = useMe();
  const { busy, wrong, act } = useAct();
  const [chosen, setChosen] = useState<{ picture: Blob; url: string } | null>(null);
  useEffect(() => () => URL.revokeObjectURL(chosen?.url ?? ""), [chosen]);
  const choose = (file: File | null) => {
    if (file === null) return;
    void act(async () => {
      const picture = await smallPicture(file);
      setChosen({ picture, url: URL.createObjectURL(picture) });
    });
  };
  const use = async () => {
    if (chosen !== null) await keep(chosen.picture);
    setChosen(null);
  };
  const remove = async () => {
    queries.setQueryData(me.queryKey, await given(api.DELETE("/api/v1/auth/me/avatar")));
    notifications.show({ message: words.pictureGone });
  };
  return (
    <Stack gap="xs">
      <Group gap="md" wrap="nowrap">
        <Person id={user.id} name={user.name} size={72} src={chosen?.url ?? user.avatar_url} />
        <Stack gap={6}>
          {chosen === null ? (
            <Group gap="xs">
              <FileButton
                onChange={choose}
                accept="image/png,image/jpeg,image/gif,image/webp"
                inputProps={{ "aria-label": words.picture }}
              >
                {(props) => (
                  <Button variant="default" size="sm" loading={busy} {...props}>
                    {words.changePicture}
                  </Button>
                )}
              </FileButton>
              {user.avatar_url !== null && (
                <Button variant="subtle" color="gray" size="sm" disabled={busy} onClick={() => void act(remove)}>
                  {words.remove}
                </Button>
              )}
            </Group>
          ) : (
            <Group gap="xs">
              <Button size="sm" loading={busy} onClick={() => void act(use)}>
                {words.usePicture}
              </Button>
              <Button variant="subtle" color="gray" size="sm" disabled={busy} onClick={() => setChosen(null)}>
                {words.cancel}
              </Button>
            </Group>
          )}
          <Text size="xs" c="dimmed">
            {chosen === null ? words.pictureHint : words.picturePreview}
          </Text>
        </Stack>
      </Group>
      <Wrong text={wrong} />
    </Stack>
  );
}
