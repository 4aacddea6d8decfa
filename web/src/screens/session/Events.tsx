import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Pill.css";
import "@mantine/core/styles/PillsInput.css";
import { Alert, Code, Group, Loader, MultiSelect, Stack, Text, UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { words } from "../../texts/session-details";
import { ErrorNote } from "../../ui/ErrorNote";
import type { Place } from "./calls";
import classes from "./Details.module.css";
import { useHistory, type Event } from "./useHistory";

const LINE_PX = 37;

/** All that happened in a session, as it is stored. */
export function Events({ place }: { place: Place }) {
  const { events, error, refetch, isFetching, more, trimmed } = useHistory(place);
  const [kinds, setKinds] = useState<string[]>([]);
  const known = useMemo(() => [...new Set(events.map((one) => one.event))].sort(), [events]);
  const wanted = useMemo(
    () => (kinds.length === 0 ? events : events.filter((one) => kinds.includes(one.event))),
    [events, kinds],
  );
  return (
    <Stack gap="sm" h="100%">
      <MultiSelect
        aria-label={words.events.kinds}
        placeholder={kinds.length === 0 ? words.events.all : undefined}
        data={known}
        value={kinds}
        onChange={setKinds}
        clearable
        searchable
      />
      {error && <ErrorNote error={error} retry={refetch} />}
      {trimmed && <Alert color="gray">{words.events.trimmed}</Alert>}
      <Group gap="xs" role="status">
        <Text size="xs" c="dimmed">
          {words.events.count(wanted.length)}
        </Text>
        {(isFetching || more) && <Loader size={12} aria-label={words.events.more} />}
      </Group>
      <Lines events={wanted} />
    </Stack>
  );
}

function Lines({ events }: { events: readonly Event[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  // eslint-disable-next-line react-hooks/incompatible-library -- it re-renders by itself; nothing of it is memoised
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    getItemKey: (index) => events[index]?.seq ?? index,
    overscan: 20,
  });
  const toggle = (seq: number) => {
    const now = new Set(open);
    if (!now.delete(seq)) now.add(seq);
    setOpen(now);
  };
  return (
    <div ref={scroller} className={classes.scroller} tabIndex={0} role="region" aria-label={words.details.events}>
      <div className={classes.list} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const event = events[index];
          if (event === undefined) return null;
          return (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={classes.event}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Line event={event} open={open.has(event.seq)} toggle={() => toggle(event.seq)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Line({ event, open, toggle }: { event: Event; open: boolean; toggle: () => void }) {
  return (
    <>
      <UnstyledButton className={classes.line} aria-expanded={open} onClick={toggle}>
        <span className={classes.seq}>{event.seq}</span>
        <Text size="sm" truncate>
          {event.event}{" "}
          <Text span size="xs" c="dimmed">
            {aboutOf(event)}
          </Text>
        </Text>
        <span className={classes.time}>{event.at && new Date(event.at).toLocaleTimeString()}</span>
      </UnstyledButton>
      {open && (
        <Code block className={classes.raw} tabIndex={0} role="region" aria-label={words.events.raw(event.seq)}>
          {JSON.stringify(event, null, 2)}
        </Code>
      )}
    </>
  );
}

const ABOUT = ["label", "kind", "text", "name", "title", "message", "reason", "block", "input", "timer"];

/** The few words of an event that tell it from the next. */
function aboutOf(event: Event): string {
  const told: Record<string, unknown> = { ...event };
  const found = ABOUT.map((name) => told[name]).find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found.slice(0, 100) : "";
}
