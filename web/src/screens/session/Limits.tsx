import "@mantine/core/styles/Progress.css";
import { Group, Progress, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useHead } from "../../blocks/DocumentContext";
import { words } from "../../texts/session-details";
import { ErrorNote } from "../../ui/ErrorNote";
import { Moment } from "../../ui/Moment";
import type { Place } from "./calls";
import classes from "./Details.module.css";
import { partsOf, type Line, type Part, type Usage } from "./measures";
import { usageOf } from "./queries";

const NEARLY = 0.9;
const LEAST_SEEN = 0.5;
const SKELETONS = 6;

/** What the session may use, and what it has used. */
export function Limits({ place }: { place: Place }) {
  const { over } = useHead();
  const { data, error, refetch } = useQuery(usageOf(place.workspace, place.id, over));
  if (data === undefined) return error ? <ErrorNote error={error} retry={refetch} /> : <Loading />;
  return (
    <Stack gap="lg" className={classes.scroller}>
      <Text size="sm" c="dimmed">
        {over ? words.limits.over : data.awake ? words.limits.awake : words.limits.asleep}
      </Text>
      {partsOf(data, over).map((part) => (
        <Limited key={part.title} part={part} />
      ))}
      <Ends usage={data} />
    </Stack>
  );
}

function Limited({ part }: { part: Part }) {
  const id = useId();
  return (
    <Stack component="section" aria-labelledby={id} gap="sm">
      <Title order={3} size="h6" id={id}>
        {part.title}
      </Title>
      {part.lines.map((line) => (
        <Measured key={line.name} line={line} />
      ))}
    </Stack>
  );
}

function Measured({ line }: { line: Line }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Text size="sm">{line.name}</Text>
        <Text size="sm" c="dimmed" className={classes.amount}>
          {line.text}
        </Text>
      </Group>
      {line.share !== null && (
        <Progress
          size="sm"
          value={drawn(line.share)}
          color={line.share >= NEARLY ? "orange" : undefined}
          aria-label={line.name}
        />
      )}
      {line.hint && (
        <Text size="xs" c="dimmed">
          {line.hint}
        </Text>
      )}
    </Stack>
  );
}

/** The share in whole tenths of a percent; a little of what is used is always seen. */
const drawn = (share: number) => (share > 0 ? Math.max(Math.round(share * 1000) / 10, LEAST_SEEN) : 0);

function Ends({ usage: { ends_at, removed_at } }: { usage: Usage }) {
  if (ends_at === null && removed_at === null) return null;
  return (
    <dl className={classes.facts}>
      <dt>{ends_at === null ? words.limits.removed : words.limits.ends}</dt>
      <dd>
        <Moment at={ends_at ?? removed_at} />
      </dd>
    </dl>
  );
}

function Loading() {
  return (
    <Stack gap="lg" role="status" aria-label={words.limits.loading}>
      {Array.from({ length: SKELETONS }, (_, row) => (
        <Skeleton key={row} height={28} />
      ))}
    </Stack>
  );
}
