import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Radio.css";
import { Radio, Select, Stack } from "@mantine/core";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around } from "./around";
import { few } from "./values";

/** One of several where no click is the answer: many are searched, few are radios. */
export function OneOf(props: ControlProps<"choose">) {
  const { spec, value, disabled } = props;
  if (!few(spec.options))
    return (
      <Select
        {...around(props)}
        data={[...new Set(spec.options)]}
        value={typeof value === "string" ? value : null}
        onChange={(next) => props.change(next)}
        disabled={disabled}
        placeholder={words.choosePlaceholder}
        nothingFoundMessage={words.nothingFound}
        searchable
        selectFirstOptionOnChange
        clearable={spec.optional}
        limit={500}
        maw={480}
      />
    );
  return (
    <Radio.Group
      {...around(props)}
      value={typeof value === "string" ? value : null}
      onChange={(next) => props.change(next)}
      data-wrong={props.error ? true : undefined}
    >
      <Stack gap={6} mt={6}>
        {spec.options.map((option) => (
          <Radio key={option} value={option} label={option} disabled={disabled} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
