import { Alert, Button, Code, List, Spoiler, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconRefresh, IconWifiOff } from "@tabler/icons-react";
import { Problem } from "../api/call";
import { words } from "../texts/everywhere";

interface Told {
  title: string;
  text: string;
  fields: readonly string[];
  folded?: string;
  away?: boolean;
}

/** What an error tells people: what happened, and what they can do. */
export function tell(error: unknown): Told {
  if (!(error instanceof Problem)) {
    const folded = error instanceof Error ? error.message : String(error);
    return { title: words.brokenTitle, text: words.broken, fields: [], folded };
  }
  if (error.status === 0) {
    const text = navigator.onLine ? words.unreachable : words.offline;
    return { title: words.offlineTitle, text, fields: [], away: true };
  }
  const fields = Object.entries(error.errors).map(([field, text]) => (field ? `${field}: ${text}` : text));
  const title = error.status === 403 && !error.code.startsWith("license") ? words.forbiddenTitle : words.errorTitle;
  return { title, text: error.message, fields: fields.filter((text) => text !== error.message) };
}

/** Tell in a corner that something did not work. */
export function tellFailure(error: unknown): void {
  const { title, text } = tell(error);
  notifications.show({ color: "red", title, message: text });
}

/** What went wrong, with a way out. */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => unknown }) {
  const { title, text, fields, folded, away } = tell(error);
  return (
    <Alert color={away ? "gray" : "red"} title={title} icon={away ? <IconWifiOff /> : <IconAlertTriangle />}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text}</Text>
        {fields.length > 0 && (
          <List size="sm">
            {fields.map((field) => (
              <List.Item key={field}>{field}</List.Item>
            ))}
          </List>
        )}
        {folded && (
          <Spoiler maxHeight={0} showLabel={words.details} hideLabel={words.close}>
            <Code block>{folded}</Code>
          </Spoiler>
        )}
        {retry && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => void retry()}>
            {words.tryAgain}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
