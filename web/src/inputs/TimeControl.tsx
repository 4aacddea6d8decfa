import "@mantine/dates/styles.css";
import { TimeInput } from "@mantine/dates";
import { IconClock } from "@tabler/icons-react";
import type { ControlProps } from ".";
import { around } from "./around";
import { textOf } from "./values";

/** Takes a time of day. */
export default function TimeControl(props: ControlProps<"time">) {
  const value = textOf(props.value);
  return (
    <TimeInput
      {...around(props)}
      value={value}
      onChange={(event) => props.change(event.currentTarget.value)}
      withSeconds={value.split(":").length > 2 && !value.endsWith(":00")}
      leftSection={<IconClock size={16} aria-hidden />}
      disabled={props.disabled}
      maw={320}
    />
  );
}
