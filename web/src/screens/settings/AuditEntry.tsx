import { Button, Code, CopyButton, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { IconCheck, IconCopy, IconFilter } from "@tabler/icons-react";
import { meaning, words } from "../../texts/audit";
import { exact } from "../../ui/moments";
import type { AuditSearch } from "./auditSearch";
import { actorOf, Result } from "./AuditTable";
import facts from "./LicenseFacts.module.css";
import type { Entry } from "./queries";

interface Props {
  entry: Entry | null;
  close: () => void;
  filter: (search: AuditSearch) => void;
}

/** Everything that is known of an entry. */
export function AuditEntry({ entry, close, filter }: Props) {
  return (
    <Drawer
      opened={entry !== null}
      onClose={close}
      position="right"
      size="lg"
      title={entry ? meaning(entry.verb) : words.details}
      closeButtonProps={{ "aria-label": words.close }}
    >
      {entry && <Known entry={entry} filter={filter} />}
    </Drawer>
  );
}

function rowsOf(entry: Entry): [string, string | null][] {
  return [
    [words.at, exact(new Date(entry.at))],
    [words.who, actorOf(entry)],
    [words.as, entry.act_as],
    [words.what, entry.verb],
    [words.target, entry.target && `${entry.target.type} ${entry.target.id}`],
    [words.code, entry.code],
    [words.address, entry.ip],
    [words.program, entry.user_agent],
    [words.device, entry.login_session_id],
    [words.token, entry.token_id],
    [words.request, entry.request_id],
    [words.id, entry.id],
  ];
}

function Known({ entry, filter }: { entry: Entry; filter: Props["filter"] }) {
  const { actor, target, verb } = entry;
  const json = JSON.stringify(entry, null, 2);
  return (
    <Stack>
      <Result result={entry.result} />
      <dl className={facts.facts}>
        {rowsOf(entry).map(([name, value]) => value && <Fact key={name} name={name} value={value} />)}
      </dl>
      <Group gap="xs">
        {actor && <Only text={words.onlyActor} then={() => filter({ actor: actor.id })} />}
        {target && <Only text={words.onlyTarget} then={() => filter({ target: target.id })} />}
        <Only text={words.onlyVerb} then={() => filter({ verb })} />
      </Group>
      <Group justify="space-between">
        <Title order={3} size="h6">
          {words.json_}
        </Title>
        <CopyButton value={json}>
          {({ copied, copy }) => (
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? words.copied : words.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block tabIndex={0}>
        {json}
      </Code>
    </Stack>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className={facts.fact}>
        {value}
      </Text>
    </>
  );
}

function Only({ text, then }: { text: string; then: () => void }) {
  return (
    <Button variant="default" size="xs" leftSection={<IconFilter size={14} />} onClick={then}>
      {text}
    </Button>
  );
}
