import "@mantine/core/styles/Checkbox.css";
import { Button, Checkbox, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { words } from "../../texts/account";
import { Wrong } from "../signin/fields";
import { useSend } from "../signin/useSend";

interface Props {
  /** The present name, of one that is there. */
  named?: string;
  act: (name: string, keepOthers: boolean) => Promise<void>;
  close: () => void;
}

/** Names a passkey: a new one that is made then, or one that is there. */
export function PasskeyDialog({ named, act, close }: Props) {
  const adding = named === undefined;
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: named ?? "", end_others: true },
  });
  const { busy, wrong, submit } = useSend(form, ({ name, end_others }) =>
    act(name.trim() || named || words.passkeyNameDefault, !end_others),
  );
  return (
    <Modal
      opened
      onClose={close}
      title={adding ? words.addPasskeyTitle : words.renameTitle}
      centered
      closeOnEscape={!busy}
      closeOnClickOutside={!busy}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={words.passkeyName}
            description={adding ? words.passkeyNameHint : undefined}
            name="passkey"
            autoComplete="off"
            maxLength={80}
            data-autofocus
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          {adding && (
            <Checkbox
              label={words.endOthers}
              key={form.key("end_others")}
              {...form.getInputProps("end_others", { type: "checkbox" })}
            />
          )}
          <Wrong text={wrong} />
          <Button type="submit" loading={busy}>
            {adding ? words.add : words.save}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
