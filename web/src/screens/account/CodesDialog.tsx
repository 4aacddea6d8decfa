import { Button, Modal, Stack } from "@mantine/core";
import { words } from "../../texts/account";
import { RecoveryCodes } from "./RecoveryCodes";

/** Shows new recovery codes, and stays until somebody says that they are kept. */
export function CodesDialog({ codes, close }: { codes: readonly string[] | null; close: () => void }) {
  const opened = codes !== null && codes.length > 0;
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={words.codesTitle}
      centered
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <RecoveryCodes codes={codes ?? []} />
        <Button onClick={close}>{words.codesKept}</Button>
      </Stack>
    </Modal>
  );
}
