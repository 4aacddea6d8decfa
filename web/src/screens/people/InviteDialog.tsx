import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Pill.css";
import "@mantine/core/styles/PillsInput.css";
import "@mantine/core/styles/Radio.css";
import { Alert, Button, Group, List, Modal, Radio, Stack, TagsInput, Text } from "@mantine/core";
import { IconMailCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, given } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { addressesIn, isAddress, unique } from "./addresses";
import { InviteLink, useOutbox } from "./InviteLink";
import { askPeople } from "./queries";
import { givable, type Role } from "./roles";

interface Outcome {
  sent: string[];
  refused: { email: string; why: string }[];
}

/** Invite people by their addresses, many at once. */
export function InviteDialog({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title={words.inviteTitle} closeButtonProps={{ "aria-label": words.close }}>
      <Inviting close={close} />
    </Modal>
  );
}

function Inviting({ close }: { close: () => void }) {
  const here = useWorkspace();
  const client = useQueryClient();
  const [addresses, setAddresses] = useState<string[]>([]);
  const [typed, setTyped] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [wrong, setWrong] = useState("");

  const send = useMutation({
    mutationFn: async (emails: string[]): Promise<Outcome> => {
      const outcome: Outcome = { sent: [], refused: [] };
      for (const email of emails) {
        try {
          await given(
            api.POST("/api/v1/workspaces/{workspace_id}/invites", {
              params: { path: { workspace_id: here.id } },
              body: { email, role },
            }),
          );
          outcome.sent.push(email);
        } catch (error) {
          outcome.refused.push({ email, why: error instanceof Error ? error.message : String(error) });
        }
      }
      return outcome;
    },
    onSuccess: ({ refused }) => {
      setAddresses(refused.map(({ email }) => email));
      return askPeople(client, here.id);
    },
  });

  const take = (values: string[]) => {
    setAddresses(unique(values.flatMap(addressesIn)));
    setWrong("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const emails = unique([...addresses, ...addressesIn(typed)]);
    const bad = emails.find((email) => !isAddress(email));
    setAddresses(emails);
    setTyped("");
    setWrong(bad !== undefined ? words.notAnAddress(bad) : emails.length === 0 ? words.noAddress : "");
    if (bad === undefined && emails.length > 0) send.mutate(emails);
  };

  if (send.data?.sent.length && send.data.refused.length === 0)
    return <Sent outcome={send.data} again={() => send.reset()} close={close} />;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {send.data && <Refusals outcome={send.data} />}
        <TagsInput
          label={words.addresses}
          description={words.addressesHint}
          placeholder={addresses.length ? "" : words.addressesPlaceholder}
          value={addresses}
          onChange={take}
          searchValue={typed}
          onSearchChange={setTyped}
          splitChars={[",", ";", "\n", "\t"]}
          acceptValueOnBlur
          dropdownOpened={false}
          error={wrong}
          inputMode="email"
          autoCapitalize="none"
          data-autofocus
        />
        <Radio.Group label={words.asWhat} value={role} onChange={(value) => setRole(value as Role)}>
          <Stack gap="xs" mt="xs">
            {givable(here.role).map((one) => (
              <Radio key={one} value={one} label={words.roles[one]} description={words.may[one]} />
            ))}
          </Stack>
        </Radio.Group>
        <Text size="xs" c="dimmed">
          {words.openFor}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {words.cancel}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {words.send(addresses.length)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Refusals({ outcome }: { outcome: Outcome }) {
  return (
    <Stack gap="xs">
      <Alert color="red" title={words.refusedTitle(outcome.refused.length)}>
        <List size="sm">
          {outcome.refused.map(({ email, why }) => (
            <List.Item key={email}>{words.refused(email, why)}</List.Item>
          ))}
        </List>
      </Alert>
      {outcome.sent.length > 0 && <Text size="sm">{words.sent(outcome.sent.length)}</Text>}
    </Stack>
  );
}

function Sent({ outcome, again, close }: { outcome: Outcome; again: () => void; close: () => void }) {
  const kept = useOutbox() !== null;
  return (
    <Stack>
      <Alert color="teal" icon={<IconMailCheck />} title={words.sent(outcome.sent.length)} role="status">
        {kept && words.noMailServer}
      </Alert>
      {outcome.sent.map((email) => (
        <Group key={email} justify="space-between" wrap="nowrap" mih={32}>
          <Text size="sm" truncate>
            {email}
          </Text>
          <InviteLink email={email} />
        </Group>
      ))}
      <Group justify="flex-end">
        <Button variant="default" onClick={again}>
          {words.sendMore}
        </Button>
        <Button onClick={close}>{words.close}</Button>
      </Group>
    </Stack>
  );
}
