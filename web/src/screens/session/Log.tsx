import { Button, CopyButton, Group, Loader, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useMemo } from "react";
import { words } from "../../texts/session-details";
import { ErrorNote } from "../../ui/ErrorNote";
import type { Place } from "./calls";
import classes from "./Details.module.css";
import { useHistory, type Event } from "./useHistory";

type Entry = Extract<Event, { event: "log.written" }>;

const isEntry = (event: Event): event is Entry => event.event === "log.written";

/** What the app printed, warned of or logged. */
export function Log({ place }: { place: Place }) {
  const { events, error, refetch, isFetching, more } = useHistory(place);
  const entries = useMemo(() => events.filter(isEntry), [events]);
  const text = () => entries.map((one) => one.text.replace(/\n$/, "")).join("\n");
  const loading = isFetching || more;
  return (
    <Stack gap="sm" h="100%">
      <Group justify="space-between" mih={30}>
        {loading ? <Loader size={14} aria-label={words.events.more} /> : <span />}
        {entries.length > 0 && (
          <CopyButton value={text()}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                size="xs"
                leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                onClick={copy}
              >
                {copied ? words.copyOf.done : words.log.copy}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
      {error && <ErrorNote error={error} retry={refetch} />}
      {!loading && entries.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.log.none}
        </Text>
      )}
      <div className={classes.scroller} tabIndex={0} role="log" aria-label={words.details.log}>
        {entries.map((one) => (
          <div key={one.seq} className={`${classes.log} ${classes.entry}`} data-channel={one.channel}>
            {one.channel !== "stdout" && <Text span inherit c="dimmed">{`${words.log.channels[one.channel]}: `}</Text>}
            {one.text}
          </div>
        ))}
      </div>
    </Stack>
  );
}
