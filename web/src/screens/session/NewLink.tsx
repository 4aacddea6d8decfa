import { Alert, Button, CopyButton, Group, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { words } from "../../texts/session-details";

/** A link that was just made; nobody can look it up later. */
export function NewLink({ link }: { link: string }) {
  return (
    <Alert color="teal" title={words.share.told}>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          readOnly
          value={link}
          aria-label={words.share.newLink}
          style={{ flex: 1 }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton value={link}>
          {({ copied, copy }) => (
            <Button onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}>
              {copied ? words.share.copied : words.share.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
