import "@mantine/core/styles/Radio.css";
import "@mantine/core/styles/Switch.css";
import { Group as Row, Radio, Switch } from "@mantine/core";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around } from "./around";

/** A yes or no in a form: a switch, or a choice where nothing is set yet. */
export function YesOrNo(props: ControlProps<"confirm">) {
  const { spec, value, disabled } = props;
  const yes = spec.yes ?? words.yes;
  const no = spec.no ?? words.no;
  if (typeof spec.default === "boolean" && yes === words.yes && no === words.no) {
    const { id, label, description, error } = around(props);
    const change = (event: { currentTarget: { checked: boolean } }) => props.change(event.currentTarget.checked);
    return (
      <Switch {...{ id, label, description, error }} checked={value === true} onChange={change} disabled={disabled} />
    );
  }
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
}
