import { ActionIcon, Code, CopyButton, Group, Text, Title, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useHead } from "../../blocks/DocumentContext";
import { words } from "../../texts/session-details";
import { Moment } from "../../ui/Moment";
import { Person } from "../../ui/Person";
import { StateBadge } from "../../ui/StateBadge";
import type { Rights } from "./access";
import { AsBlock } from "./AsBlock";
import classes from "./Details.module.css";
import { Expiry } from "./Expiry";
import type { Held } from "./queries";

const CODE_CHARS = 12;

/** What a session is made of: app, arguments, people, moments, ids. */
export function About({ held, rights }: { held: Held; rights: Rights }) {
  const { detail } = held;
  const head = useHead();
  const args = useMemo(() => ({ value: head.args }), [head.args]);
  const by = head.by ?? { id: detail.user_id, name: detail.user };
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={words.details.state}>
          <StateBadge state={head.state} />
        </Fact>
        <Fact name={words.details.app}>
          <Code>{detail.app}</Code>
        </Fact>
        <Fact name={words.details.owner}>
          <Person id={detail.user_id} name={detail.user} named />
        </Fact>
        <Fact name={words.details.by}>
          <Person id={by.id} name={by.name ?? ""} named />
        </Fact>
        <Fact name={words.details.started}>
          <Moment at={detail.created_at} />
        </Fact>
        <Fact name={words.details.changed}>
          <Moment at={head.updatedAt ?? detail.updated_at} />
        </Fact>
        {detail.due_at !== null && !head.over && (
          <Fact name={words.details.dueAt}>
            <Moment at={detail.due_at} />
          </Fact>
        )}
        {!head.over && (
          <Fact name={words.details.ends}>
            <Expiry held={held} editable={rights.own} />
          </Fact>
        )}
        <Fact name={words.details.access}>{words.details.levels[detail.access]}</Fact>
        <Fact name={words.details.session}>
          <Copied text={detail.id} shown={detail.id} label={words.copyOf.session} />
        </Fact>
        {head.code && (
          <Fact name={words.details.code}>
            <Copied text={head.code} shown={head.code.slice(0, CODE_CHARS)} label={words.copyOf.code} />
            <Text size="xs" c="dimmed">
              {words.details.codeHint}
            </Text>
          </Fact>
        )}
      </dl>
      <Title order={3} size="h6" mb="xs">
        {words.details.arguments}
      </Title>
      {Object.keys(head.args).length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.details.noArguments}
        </Text>
      ) : (
        <AsBlock kind="json" props={args} />
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Copied({ text, shown, label }: { text: string; shown: string; label: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Code>{shown}</Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? words.copyOf.done : label}>
            <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={copy}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
