import { ActionIcon, Text, Textarea } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { around } from "./around";
import styles from "./ChatControl.module.css";
import { textOf } from "./values";

/** Takes a message: Enter sends it, Shift and Enter begin a new line. */
export function ChatControl(props: ControlProps<"chat">) {
  const { spec, disabled } = props;
  const value = textOf(props.value);
  const name = props.label || words.message; // it is seen only as long as the field is empty
  const empty = value.trim() === "";
  const keys = (event: KeyboardEvent) => {
    // While a word is put together from keys (as in Japanese), Enter ends the word.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || props.field) return;
    event.preventDefault();
    if (!empty) props.submit(value);
  };
  const send = (
    <ActionIcon
      size={34}
      radius="xl"
      variant="filled"
      aria-label={words.send}
      title={words.send}
      disabled={empty}
      loading={disabled}
      onClick={() => props.submit(value)}
    >
      <IconArrowUp size={18} aria-hidden />
    </ActionIcon>
  );
  return (
    <div>
      <Textarea
        {...around({ ...props, label: props.field ? props.label : "" })}
        aria-label={props.field ? undefined : name}
        classNames={{ input: styles.input, section: styles.section }}
        value={value}
        onChange={(event) => props.change(event.currentTarget.value)}
        onKeyDown={keys}
        placeholder={spec.placeholder ?? name}
        readOnly={disabled}
        autosize
        minRows={1}
        maxRows={10}
        rightSection={props.field ? undefined : send}
        rightSectionPointerEvents="all"
        rightSectionWidth={46}
      />
      {!props.field && (
        <Text size="xs" c="dimmed" mt={4} className={styles.keys} aria-hidden>
          {words.chatKeys}
        </Text>
      )}
    </div>
  );
}
