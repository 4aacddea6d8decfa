// Small notices about what was done, with a way back.
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { words } from "../../texts/session";

/** Tell why something did not work. */
export function tellFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({ color: "red", title: words.failed.title, message, autoClose: 8000 });
}

/** Tell what was done. */
export function tellDone(message: string): void {
  notifications.show({ message, autoClose: 5000 });
}

/** Tell what was done, and offer to take it back. */
export function offerUndo(message: string, undo: () => Promise<unknown>): void {
  const id = crypto.randomUUID();
  const takeBack = () => {
    notifications.hide(id);
    undo().catch(tellFailure);
  };
  notifications.show({ id, autoClose: 10_000, message: <UndoNote message={message} undo={takeBack} /> });
}

function UndoNote({ message, undo }: { message: string; undo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm" lineClamp={3} style={{ overflowWrap: "anywhere" }}>
        {message}
      </Text>
      <Button variant="light" size="compact-sm" onClick={undo}>
        {words.undo}
      </Button>
    </Group>
  );
}
