import "@mantine/dates/styles.css";
import { Group as Row, Text } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { IconClock } from "@tabler/icons-react";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { Group } from "./around";
import { DayInput } from "./DateControl";
import { dayTimeOf } from "./moments";

/** Takes a date with a time: of this browser's time zone, which is said. */
export default function DateTimeControl(props: ControlProps<"datetime">) {
  const { disabled } = props;
  const value = dayTimeOf(props.value);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Group of={props}>
      <Row gap="xs" mt={6} wrap="nowrap" maw={360}>
        <DayInput
          id={props.id}
          value={value.day}
          change={(day) => props.change({ ...value, day })}
          disabled={disabled}
          error={Boolean(props.error)}
          aria-label={words.day}
          flex={3}
        />
        <TimeInput
          value={value.time}
          onChange={(event) => props.change({ ...value, time: event.currentTarget.value })}
          leftSection={<IconClock size={16} aria-hidden />}
          disabled={disabled}
          error={Boolean(props.error)}
          aria-label={words.time}
          flex={2}
        />
      </Row>
      {value.zoned && (
        <Text size="xs" c="dimmed" mt={4}>
          {words.zone(zone)}
        </Text>
      )}
    </Group>
  );
}
