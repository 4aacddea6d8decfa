import "@mantine/core/styles/Table.css";
import { Badge, Table, Text, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useWorkspace } from "../../api/here";
import { meaning, words } from "../../texts/audit";
import { Moment } from "../../ui/Moment";
import { members } from "../people/queries";
import classes from "./AuditTable.module.css";
import type { Entry } from "./queries";
import { subject } from "./subject";

const COLORS: Record<Entry["result"], string> = { ok: "teal", denied: "orange", failed: "red" };

/** How something ended. */
export function Result({ result }: { result: Entry["result"] }) {
  return (
    <Badge variant="light" color={COLORS[result]} size="sm">
      {words.results[result]}
    </Badge>
  );
}

/** Who did it, as they were called then. */
export const actorOf = ({ actor }: Entry): string => (actor === null ? words.server : actor.name || words.somebody);

/** Entries, one a row; a row opens what is known of it. */
export function AuditTable({ entries, open }: { entries: readonly Entry[]; open: (entry: Entry) => void }) {
  const here = useWorkspace();
  const people = useInfiniteQuery(members(here.id)).data;
  const nameOf = (user: string) => people?.find((member) => member.user_id === user)?.name ?? null;
  return (
    <Table highlightOnHover verticalSpacing={8} aria-label={words.list}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.what}</Table.Th>
          <Table.Th visibleFrom="sm">{words.who}</Table.Th>
          <Table.Th>{words.result}</Table.Th>
          <Table.Th visibleFrom="lg">{words.from}</Table.Th>
          <Table.Th visibleFrom="sm">{words.at}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Row key={entry.id} entry={entry} about={subject(entry, nameOf)} open={open} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ entry, about, open }: { entry: Entry; about: string | null; open: (entry: Entry) => void }) {
  const what = meaning(entry.verb);
  return (
    <Table.Tr className={classes.row}>
      <Table.Td>
        <UnstyledButton
          className={classes.open}
          aria-label={words.showDetails(what)}
          aria-haspopup="dialog"
          onClick={() => open(entry)}
        >
          <Text size="sm" fw={500}>
            {what}
          </Text>
        </UnstyledButton>
        {about !== null && (
          <Text size="xs" c="dimmed" className={classes.about}>
            {about}
          </Text>
        )}
        <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
          {actorOf(entry)}
          {", "}
          <Moment at={entry.at} />
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm" className={classes.cut}>
        <Text size="sm" truncate>
          {actorOf(entry)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Result result={entry.result} />
      </Table.Td>
      <Table.Td visibleFrom="lg">
        <Text size="sm" c="dimmed" className={classes.nowrap}>
          {entry.ip}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Text size="sm" c="dimmed" className={classes.nowrap} component="div">
          <Moment at={entry.at} />
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
