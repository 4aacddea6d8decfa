import "@mantine/dates/styles.css";
import { DateInput } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around } from "./around";
import { DAY, dayOf } from "./days";
import { isDay } from "./values";

interface DayProps {
  value: unknown;
  change(value: unknown): void;
  min?: string | null;
  max?: string | null;
  disabled: boolean;
}

/** A field for a day: typed or picked. What is no day stays as it was typed, and is refused when it is sent. */
export function DayInput({ value, change, min, max, ...props }: DayProps & Record<string, unknown>) {
  const typed = (text: string) => {
    const day = dayOf(text);
    if (text.trim() === "") change(null);
    else change(day ?? text);
  };
  return (
    <DateInput
      {...props}
      value={isDay(value) ? value : null}
      onChange={(day) => day !== null && change(day)}
      onInput={(event) => typed(event.currentTarget.value)}
      dateParser={dayOf}
      fixOnBlur={false}
      valueFormat={DAY}
      minDate={min ?? undefined}
      maxDate={max ?? undefined}
      placeholder={words.dayPlaceholder}
      leftSection={<IconCalendar size={16} aria-hidden />}
      popoverProps={{ shadow: "md" }}
    />
  );
}

/** Takes a day. */
export default function DateControl(props: ControlProps<"date">) {
  const { spec, value, change, disabled } = props;
  return <DayInput {...around(props)} {...{ value, change, disabled }} min={spec.min} max={spec.max} maw={320} />;
}
