import { Button, Group as Row, Radio, Switch } from "@mantine/core";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around, Group } from "./around";

/** Takes a yes or no. The buttons are the answer; in a form it is a switch, or a choice where nothing is set yet. */
export function ConfirmControl(props: ControlProps<"confirm">) {
  const { spec, value, disabled } = props;
  const yes = spec.yes ?? words.yes;
  const no = spec.no ?? words.no;
  if (props.field && typeof spec.default === "boolean" && yes === words.yes && no === words.no) {
    const { id, label, description, error } = around(props);
    const change = (event: { currentTarget: { checked: boolean } }) => props.change(event.currentTarget.checked);
    return (
      <Switch {...{ id, label, description, error }} checked={value === true} onChange={change} disabled={disabled} />
    );
  }
  if (props.field)
    return (
      <Radio.Group
        {...around(props)}
        value={value === null ? null : String(value)}
        onChange={(next) => props.change(next === "true")}
        data-wrong={props.error ? true : undefined}
      >
        <Row gap="lg" mt={6}>
          <Radio value="true" label={yes} disabled={disabled} />
          <Radio value="false" label={no} disabled={disabled} />
        </Row>
      </Radio.Group>
    );
  return (
    <Group of={props}>
      <Row gap="xs" mt={6}>
        <Button
          variant={spec.default === false ? "default" : "filled"}
          onClick={() => props.submit(true)}
          disabled={disabled}
        >
          {yes}
        </Button>
        <Button
          variant={spec.default === false ? "filled" : "default"}
          onClick={() => props.submit(false)}
          disabled={disabled}
        >
          {no}
        </Button>
      </Row>
    </Group>
  );
}
