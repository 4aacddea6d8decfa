import { Alert, Anchor, Code, Collapse, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useId } from "react";
import { words } from "../../texts/home";
import type { App } from "./AppCard";

/** A file that can't be loaded: its name, and why, folded. */
export function BrokenApp({ app }: { app: App }) {
  const [opened, { toggle }] = useDisclosure();
  const id = useId();
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={`${app.title || app.id}: ${words.brokenApp}`}>
      <Text size="sm">
        {words.brokenAppText}{" "}
        <Anchor component="button" type="button" size="sm" aria-expanded={opened} aria-controls={id} onClick={toggle}>
          {opened ? words.hideError : words.showError}
        </Anchor>
      </Text>
      <Collapse expanded={opened} id={id}>
        <Code block mt="xs" tabIndex={0}>
          {app.error}
        </Code>
      </Collapse>
    </Alert>
  );
}
