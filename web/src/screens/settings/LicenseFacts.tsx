import "@mantine/core/styles/Progress.css";
import { Badge, Group, Progress, SimpleGrid, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useWorkspace } from "../../api/here";
import { license as words } from "../../texts/settings";
import classes from "./LicenseFacts.module.css";
import { Fields } from "./Part";
import type { Details } from "./queries";

const COLORS: Record<Details["state"], string> = { active: "teal", grace: "orange", read_only: "red" };

/** What a licence says, and how much of it is in use. */
export function LicenseFacts({ details }: { details: Details }) {
  return (
    <>
      <Fields title={words.plan(words.plans[details.plan])}>
        <Said details={details} />
      </Fields>
      <Fields title={words.used}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="lg">
          <Used
            text={words.seats(details.seats_used ?? 0, details.seats)}
            hint={words.seatsHint}
            share={(details.seats_used ?? 0) / Math.max(details.seats, 1)}
          />
          <Used
            text={words.workspaces(details.workspaces_used ?? 0, details.workspaces)}
            share={
              details.workspaces === null ? null : (details.workspaces_used ?? 0) / Math.max(details.workspaces, 1)
            }
          />
        </SimpleGrid>
      </Fields>
      <Fields title={words.features}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" component="ul" className={classes.features}>
          {Object.entries(words.feature).map(([feature, text]) => (
            <Feature key={feature} text={text} included={details.features.includes(feature)} />
          ))}
        </SimpleGrid>
      </Fields>
    </>
  );
}

function Said({ details }: { details: Details }) {
  const here = useWorkspace();
  const place =
    details.workspace_id === null
      ? words.everyWorkspace
      : details.workspace_id === here.id
        ? words.thisWorkspace
        : words.otherWorkspace;
  return (
    <dl className={classes.facts}>
      <Fact name={words.state}>
        <Badge variant="light" color={COLORS[details.state]}>
          {words.states[details.state]}
        </Badge>
      </Fact>
      {details.org !== null && <Fact name={words.org}>{details.org}</Fact>}
      {details.not_before !== null && <Fact name={words.from}>{day(details.not_before)}</Fact>}
      {details.expires_at !== null && <Fact name={words.until}>{day(details.expires_at)}</Fact>}
      {details.grace_ends_at !== null && <Fact name={words.grace}>{day(details.grace_ends_at)}</Fact>}
      {details.id !== null && <Fact name={words.place}>{place}</Fact>}
      {details.id !== null && <Fact name={words.source}>{words.sources[details.source] ?? details.source}</Fact>}
      {details.id !== null && <Fact name={words.id}>{details.id}</Fact>}
    </dl>
  );
}

const day = (at: string) => new Date(at).toLocaleDateString(undefined, { dateStyle: "long" });

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className={classes.fact}>
        {children}
      </Text>
    </>
  );
}

function Used({ text, hint, share }: { text: string; hint?: string; share: number | null }) {
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {text}
      </Text>
      {share !== null && (
        <Progress value={Math.min(100 * share, 100)} color={share >= 1 ? "orange" : undefined} aria-label={text} />
      )}
      {hint && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
    </Stack>
  );
}

function Feature({ text, included }: { text: string; included: boolean }) {
  return (
    <Group component="li" gap="xs" wrap="nowrap">
      <ThemeIcon
        size="sm"
        radius="xl"
        variant="light"
        color={included ? "teal" : "gray"}
        role="img"
        aria-label={included ? words.included : words.notIncluded}
      >
        {included ? <IconCheck size={12} /> : <IconMinus size={12} />}
      </ThemeIcon>
      <Text size="sm" c={included ? undefined : "dimmed"}>
        {text}
      </Text>
    </Group>
  );
}
