import "@mantine/core/styles/Radio.css";
import { Button, Group as Row, Radio, Stack, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { ControlProps } from ".";
import { Markdown } from "../blocks/markdown/Markdown";
import { words } from "../texts/inputs";
import { Group } from "./around";
import { fieldsOf, textOf } from "./values";

/** Takes a decision, with a comment beside it. The buttons are the answer. */
export function ApproveControl(props: ControlProps<"approve">) {
  const { spec, disabled } = props;
  const value = fieldsOf(props.value);
  const comment = textOf(value.comment);
  const approved = typeof value.approved === "boolean" ? value.approved : null;
  const yes = spec.yes ?? words.approve;
  const no = spec.no ?? words.reject;
  const decide = (approved: boolean) => props.submit({ approved, comment });
  return (
    <Group of={props}>
      <Stack gap="sm" mt={6}>
        {spec.details && <Markdown text={spec.details} />}
        {props.field && (
          <Radio.Group
            aria-labelledby={`${props.id}-label`}
            value={approved === null ? null : String(approved)}
            onChange={(next) => props.change({ comment, approved: next === "true" })}
          >
            <Row gap="lg">
              <Radio value="true" label={yes} disabled={disabled} />
              <Radio value="false" label={no} disabled={disabled} />
            </Row>
          </Radio.Group>
        )}
        <TextInput
          value={comment}
          onChange={(event) => props.change({ ...value, comment: event.currentTarget.value })}
          // Enter is no decision: both buttons are as near.
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          placeholder={words.commentPlaceholder}
          aria-label={words.comment}
          disabled={disabled}
        />
        {!props.field && (
          <Row gap="xs">
            <Button leftSection={<IconCheck size={16} aria-hidden />} onClick={() => decide(true)} disabled={disabled}>
              {yes}
            </Button>
            <Button
              variant="light"
              color="red"
              leftSection={<IconX size={16} aria-hidden />}
              onClick={() => decide(false)}
              disabled={disabled}
            >
              {no}
            </Button>
          </Row>
        )}
      </Stack>
    </Group>
  );
}
