import { Button, Group as Row } from "@mantine/core";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { Group } from "./around";
import { YesOrNo } from "./parts";

/** Takes a yes or no. The buttons are the answer. */
export function ConfirmControl(props: ControlProps<"confirm">) {
  const { spec, disabled } = props;
  const yes = spec.yes ?? words.yes;
  const no = spec.no ?? words.no;
  if (props.field) return <YesOrNo {...props} />;
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
