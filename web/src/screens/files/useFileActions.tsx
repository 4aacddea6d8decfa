import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useWorkspace } from "../../api/here";
import { words as common } from "../../texts/everywhere";
import { words } from "../../texts/files";
import { tell } from "../../ui/ErrorNote";
import { modals } from "../../ui/modals";
import { remove, type StoredFile } from "./queries";
import { Rename } from "./Rename";

/** What can be done with a file; each asks first. */
export function useFileActions(file: StoredFile): { rename: () => void; remove: () => void } {
  const { id } = useWorkspace();
  const gone = () => notifications.show({ message: words.removed(file.name) });
  const failed = (error: unknown) =>
    notifications.show({ color: "red", title: words.notDone, message: tell(error).text });
  return {
    rename: () => modals.open({ title: words.renameTitle, children: <Rename workspace={id} file={file} /> }),
    remove: () =>
      modals.openConfirmModal({
        title: words.removeTitle(file.name),
        children: <Text size="sm">{words.removeText}</Text>,
        labels: { confirm: words.remove, cancel: common.cancel },
        confirmProps: { color: "red" },
        onConfirm: () => void remove(id, file).then(gone, failed),
      }),
  };
}
