import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Fieldset.css";
import "@mantine/core/styles/Pill.css";
import "@mantine/core/styles/PillsInput.css";
import { Fieldset, Stack, TagsInput } from "@mantine/core";
import { around } from "../../inputs/around";
import { Field } from "../../inputs/Field";
import { words } from "../../texts/start";
import type { Parameter, Values } from "./parameters";

interface Props {
  parameter: Parameter;
  values: Values;
  errors: Readonly<Record<string, string>>;
  update(path: string, next: (now: unknown) => unknown): void;
  submit(): void;
  disabled: boolean;
}

/** The control of one parameter; those of its parts where it is an object. */
export function ParameterField(props: Props) {
  const { parameter, values, errors, update, submit, disabled } = props;
  const { path, label, kind, spec, parts, required } = parameter;
  if (parts !== undefined)
    return (
      <Fieldset legend={label}>
        <Stack gap="md">
          {parts.map((part) => (
            <ParameterField {...props} key={part.path} parameter={part} />
          ))}
        </Stack>
      </Fieldset>
    );
  const shared = { id: `parameter-${path}`, label, error: errorAt(errors, path), disabled };
  if (kind === "list")
    return (
      <TagsInput
        {...around({ ...shared, spec: { ...spec, optional: !required }, field: true })}
        value={Array.isArray(values[path]) ? (values[path] as string[]) : []}
        onChange={(next) => update(path, () => next)}
        placeholder={words.listPlaceholder}
        disabled={disabled}
        acceptValueOnBlur
      />
    );
  return (
    <Field
      {...shared}
      kind={kind}
      spec={{ ...spec, optional: !required }}
      value={values[path] ?? null}
      change={(value) => update(path, () => value)}
      update={(next) => update(path, next)}
      submit={submit}
      field
    />
  );
}

/** What is wrong at a place, or somewhere in it. */
function errorAt(errors: Readonly<Record<string, string>>, path: string): string | undefined {
  const inside = Object.keys(errors).find(
    (key) => key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`),
  );
  return inside === undefined ? undefined : errors[inside];
}
