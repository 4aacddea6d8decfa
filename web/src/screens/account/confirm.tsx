import "@mantine/core/styles/Checkbox.css";
import { Checkbox, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Problem } from "../../api/call";
import { words } from "../../texts/account";
import { modals } from "../../ui/modals";
import { told } from "../signin/useSend";

interface Step {
  title: string;
  text: string;
  label: string;
  /** What is done; whether the other devices stay signed in is asked where `others` is set. */
  act: (keepOthers: boolean) => Promise<unknown>;
  /** Told when it is done. */
  said?: string | undefined;
  others?: boolean;
}

const isUnproved = (error: unknown) => error instanceof Problem && error.code === "insufficient_user_authentication";

/** Ask before something is taken away, do it, and tell how it went. */
export function confirm({ title, text, label, act, said, others = false }: Step): void {
  let end = others;
  const run = async () => {
    try {
      await act(!end);
      if (said !== undefined) notifications.show({ message: said, color: "teal" });
    } catch (error) {
      notifications.show({ message: told(error), color: isUnproved(error) ? "gray" : "red" });
    }
  };
  modals.openConfirmModal({
    title,
    centered: true,
    labels: { confirm: label, cancel: words.cancel },
    confirmProps: { color: "red" },
    children: (
      <Stack gap="md">
        <Text size="sm">{text}</Text>
        {others && (
          <Checkbox label={words.endOthers} defaultChecked onChange={(event) => (end = event.target.checked)} />
        )}
      </Stack>
    ),
    onConfirm: () => void run(),
  });
}
