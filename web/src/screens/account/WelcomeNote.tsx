import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useMe } from "../../api/here";
import { words } from "../../texts/account";
import { factors } from "./asked";

const Welcome = lazy(async () => ({ default: (await import("./Welcome")).Welcome }));

/** Offers who has come by a link, and has no other way in, to choose one. "Later" is for good on this device. */
export function WelcomeNote() {
  const { id, has_password } = useMe();
  const [asked, setAsked] = useLocalStorage({
    key: "outlast.welcomed",
    defaultValue: "",
    getInitialValueInEffect: false,
  });
  const wanted = !has_password && asked !== id;
  const { data } = useQuery({ ...factors, enabled: wanted });
  const [open, setOpen] = useState(false);
  if (!wanted || data === undefined || data.passkeys > 0) return null;
  const later = () => setAsked(id);
  return (
    <Alert icon={<IconKey aria-hidden />} title={words.welcomeNote}>
      <Stack gap="sm">
        <Text size="sm">{words.welcomeNoteText}</Text>
        <Group gap="xs">
          <Button size="sm" onClick={() => setOpen(true)}>
            {words.welcomeBegin}
          </Button>
          <Button size="sm" variant="subtle" color="gray" onClick={later}>
            {words.later}
          </Button>
        </Group>
      </Stack>
      <Suspense fallback={null}>{open && <Welcome done={later} close={() => setOpen(false)} />}</Suspense>
    </Alert>
  );
}
