import { Button, Group as Row } from "@mantine/core";
import type { ControlProps } from ".";
import { Group } from "./around";
import { OneOf } from "./parts";
import { few } from "./values";

/** Takes one of several. Few are buttons, and a click is the answer. */
export function ChooseControl(props: ControlProps<"choose">) {
  const { spec, disabled } = props;
  if (props.field || !few(spec.options)) return <OneOf {...props} />;
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
