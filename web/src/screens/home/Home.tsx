import { Alert, Stack, TextInput } from "@mantine/core";
import { IconEye, IconSearch } from "@tabler/icons-react";
import { useDeferredValue, useState } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/home";
import { Page } from "../../ui/Page";
import { WelcomeNote } from "../account/WelcomeNote";
import { Apps } from "./Apps";
import { Questions } from "./Questions";
import { Recent } from "./Recent";

/** Where one begins: what waits for an answer, the apps, what was done last. */
export function Home() {
  const { role } = useWorkspace();
  const [typed, setTyped] = useState("");
  const search = (
    <TextInput
      type="search"
      size="sm"
      w={{ base: "100%", xs: 240 }}
      aria-label={words.search}
      placeholder={words.search}
      leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
  return (
    <Page title={words.title} actions={search}>
      <Stack gap="xl">
        {role === "viewer" && (
          <Alert color="gray" icon={<IconEye />}>
            {words.viewer}
          </Alert>
        )}
        <WelcomeNote />
        <Questions />
        <Apps typed={useDeferredValue(typed)} onClear={() => setTyped("")} />
        <Recent />
      </Stack>
    </Page>
  );
}
