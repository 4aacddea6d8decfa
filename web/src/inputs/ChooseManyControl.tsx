import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Pill.css";
import "@mantine/core/styles/PillsInput.css";
import { Checkbox, MultiSelect, SimpleGrid } from "@mantine/core";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around } from "./around";

const MANY = 12;

/** Takes some of several: checkboxes, or a search where there are many. */
export function ChooseManyControl(props: ControlProps<"choose_many">) {
  const { spec, disabled } = props;
  const options = [...new Set(spec.options)];
  const hint = words.howMany(spec.min ?? 0, spec.max ?? null);
  const shared = {
    ...around(props),
    description: [spec.help, hint].filter(Boolean).join(" ") || undefined,
    value: Array.isArray(props.value) ? (props.value as string[]) : [],
    onChange: (next: string[]) => props.change(options.filter((option) => next.includes(option))),
  };
  if (options.length > MANY)
    return (
      <MultiSelect
        {...shared}
        data={options}
        placeholder={words.choosePlaceholder}
        nothingFoundMessage={words.nothingFound}
        maxValues={spec.max ?? undefined}
        disabled={disabled}
        searchable
        clearable
        hidePickedOptions
        limit={500}
      />
    );
  const full = spec.max != null && shared.value.length >= spec.max;
  return (
    <Checkbox.Group {...shared} data-wrong={props.error ? true : undefined}>
      <SimpleGrid
        cols={{ base: 1, sm: options.length > 4 ? 2 : 1 }}
        spacing="xs"
        verticalSpacing={{ base: 4, sm: 8 }}
        mt={8}
      >
        {options.map((option) => (
          <Checkbox
            key={option}
            value={option}
            label={option}
            disabled={disabled || (full && !shared.value.includes(option))}
          />
        ))}
      </SimpleGrid>
    </Checkbox.Group>
  );
}
