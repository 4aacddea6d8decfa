import { Button, Group as Row, Radio, Select, Stack } from "@mantine/core";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around, Group } from "./around";
import { few } from "./values";

/** Takes one of several. Few are buttons, and a click is the answer; many are searched. In a form few are radios. */
export function ChooseControl(props: ControlProps<"choose">) {
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
  if (props.field)
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
  return (
    <Group of={props}>
      <Row gap="xs" mt={6}>
        {spec.options.map((option) => (
          <Button
            key={option}
            variant={option === spec.default ? "light" : "default"}
            onClick={() => props.submit(option)}
            disabled={disabled}
            fw={500}
            h="auto"
            mih={36}
            py={6}
            styles={{ label: { height: "auto", overflow: "visible", whiteSpace: "normal", textAlign: "start" } }}
          >
            {option}
          </Button>
        ))}
      </Row>
    </Group>
  );
}
