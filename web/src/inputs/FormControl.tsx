import { Stack } from "@mantine/core";
import type { ControlProps } from ".";
import { Group } from "./around";
import { Field } from "./Field";
import { fieldsOf } from "./values";

/** Takes several answers at once; each field has its own words about what is wrong. */
export function FormControl(props: ControlProps<"form">) {
  const { spec, update, disabled, errors = {} } = props;
  const value = fieldsOf(props.value);
  return (
    <Group of={props}>
      <Stack gap="md" mt="xs">
        {spec.fields.map(({ input, name, kind, label, spec: asked = {} }) => {
          const put = (next: (now: unknown) => unknown) =>
            update((all) => ({ ...fieldsOf(all), [input]: next(fieldsOf(all)[input]) }));
          return (
            <Field
              key={input}
              id={`${props.id}-${input}`}
              kind={kind}
              spec={asked}
              label={label || name}
              value={value[input] ?? null}
              change={(given) => put(() => given)}
              update={put}
              submit={(given) => props.submit({ ...value, [input]: given })}
              error={errors[input]}
              disabled={disabled}
              field
            />
          );
        })}
      </Stack>
    </Group>
  );
}
