import "@mantine/core/styles/Slider.css";
import { Group as Row, Slider, Text } from "@mantine/core";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { Group } from "./around";

/** Takes a number between two bounds. */
export function SliderControl(props: ControlProps<"slider">) {
  const { spec, disabled } = props;
  const min = spec.min ?? 0;
  const max = spec.max ?? 100;
  const value = typeof props.value === "number" ? props.value : min;
  const step = spec.step ?? (spec.integer ? 1 : (max - min) / 100);
  const shown = (number: number) => words.amount(round(number), spec.unit ?? null);
  return (
    <Group of={props} named>
      <Text fw={600} size="lg" mt={4} aria-hidden>
        {shown(value)}
      </Text>
      <Slider
        value={value}
        onChange={(next) => props.change(round(next))}
        {...{ min, max, step, disabled }}
        label={null}
        thumbLabel={props.label || words.question}
        thumbValueText={shown}
        thumbSize={22}
        my={8}
        maw={560}
      />
      <Row justify="space-between" maw={560} aria-hidden>
        <Text size="xs" c="dimmed">
          {shown(min)}
        </Text>
        <Text size="xs" c="dimmed">
          {shown(max)}
        </Text>
      </Row>
    </Group>
  );
}

/** Steps are sums of floats: 0.30000000000000004 is 0.3. */
const round = (number: number): number => Number(number.toFixed(10));
