import { Text, Textarea, TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around } from "./around";
import { Secret } from "./parts";
import { textOf } from "./values";

const NEAR = 0.8;
const MODES = { email: "email", url: "url", text: undefined } as const;

/** Takes free text: one line or several, or a secret that is typed unseen. */
export function TextControl(props: ControlProps<"text">) {
  const { spec, disabled } = props;
  const value = textOf(props.value);
  const shared = {
    ...around(props),
    value,
    disabled,
    placeholder: spec.placeholder ?? undefined,
    onChange: (event: { currentTarget: { value: string } }) => props.change(event.currentTarget.value),
  };
  if (spec.secret) return <Secret {...shared} autoComplete="off" />;
  const count = <Count chars={value.length} limit={spec.max_length ?? null} />;
  const submits = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    props.submit(value);
  };
  if (spec.multiline)
    return (
      <div>
        <Textarea {...shared} autosize minRows={3} maxRows={14} onKeyDown={submits} />
        {count}
      </div>
    );
  const mode = MODES[spec.format ?? "text"];
  return (
    <div>
      <TextInput {...shared} type={mode ?? "text"} inputMode={mode} autoComplete={mode ?? "off"} />
      {count}
    </div>
  );
}

function Count({ chars, limit }: { chars: number; limit: number | null }) {
  if (limit === null || chars < limit * NEAR) return null;
  return (
    <Text size="xs" c={chars > limit ? "red" : "dimmed"} ta="end" mt={4}>
      {words.chars(chars, limit)}
    </Text>
  );
}
