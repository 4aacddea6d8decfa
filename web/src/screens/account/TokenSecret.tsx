import { Button, CopyButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { words } from "../../texts/account";

/** Shows a token's secret, this once. */
export function TokenSecret({ secret, close }: { secret: string; close: () => void }) {
  return (
    <Modal opened onClose={close} title={words.tokenMade} centered closeOnClickOutside={false} closeOnEscape={false}>
      <Stack gap="md">
        <Text size="sm">{words.tokenOnce}</Text>
        <TextInput
          label={words.token}
          value={secret}
          readOnly
          ff="monospace"
          onFocus={(event) => event.currentTarget.select()}
        />
        <Group grow>
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button
                data-autofocus
                leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
                onClick={copy}
              >
                {copied ? words.copied : words.copyToken}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={close}>
            {words.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
