import { JsonInput } from "@mantine/core";
import { useState } from "react";
import type { ControlProps } from ".";
import type { InputKind } from "../document/model";
import { words } from "../texts/inputs";
import { around } from "./around";

/** Takes any value as JSON, for what has no control of its own. */
export function JsonControl(props: ControlProps<InputKind>) {
  const { value, change, error } = props;
  const [written, setWritten] = useState(() => (value == null ? "" : JSON.stringify(value, null, 2)));
  const [broken, setBroken] = useState(false);
  const write = (text: string) => {
    setWritten(text);
    try {
      change(text.trim() === "" ? null : JSON.parse(text));
      setBroken(false);
    } catch {
      setBroken(true);
    }
  };
  return (
    <JsonInput
      {...around(props)}
      error={broken ? words.wrong.json : error}
      value={written}
      onChange={write}
      placeholder={words.jsonPlaceholder}
      formatOnBlur
      autosize
      minRows={3}
      maxRows={14}
      disabled={props.disabled}
    />
  );
}
