import { Button, Group, Paper, Text, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowDown, IconGitBranch, IconMessageQuestion } from "@tabler/icons-react";
import { useEffect } from "react";
import { useActions, useInput } from "../blocks/DocumentContext";
import type { Input } from "../document/model";
import { words } from "../texts/inputs";
import { Moment } from "../ui/Moment";
import { Person } from "../ui/Person";
import { Answer } from "./Answer";
import { useDockOf } from "./docking";
import { drafts } from "./drafts";
import { focusFirst } from "./focus";
import styles from "./InputBlock.module.css";
import { Question } from "./Question";
import { useAsk, useDraftKey } from "./useAsk";

/** A question where it was asked: open, answered, or no longer asked. */
export function InputBlock({ id }: { id: string }) {
  const input = useInput(id);
  if (input === undefined) return null;
  return input.state === "open" ? <Open input={input} /> : <Over input={input} />;
}

/** In full, unless it is docked; an answer on its way is shown as if it had come. */
function Open({ input }: { input: Input }) {
  const { sent } = useAsk(input);
  const dock = useDockOf(input.id);
  if (sent !== undefined) return <Answered input={input} value={sent.value} pending />;
  if (dock === null) return <Question id={input.id} />;
  if (input.kind === "chat") return null; // in a conversation the field below says it all
  return (
    <UnstyledButton className={styles.marker} onClick={() => focusFirst(dock.place)}>
      <IconMessageQuestion size={18} aria-hidden />
      <Text span fw={500} className={styles.label}>
        {input.label || words.asked}
      </Text>
      <Text span size="sm" c="dimmed" className={styles.below}>
        {words.goToAnswer} <IconArrowDown size={14} aria-hidden />
      </Text>
    </UnstyledButton>
  );
}

function Over({ input }: { input: Input }) {
  const key = useDraftKey(input);
  useEffect(() => drafts.drop(key), [key]);
  if (input.state === "submitted") return <Answered input={input} value={input.value} />;
  return (
    <Text size="sm" c="dimmed">
      {words.noLongerAsked(input.label)}
    </Text>
  );
}

interface AnsweredProps {
  input: Input;
  value: unknown;
  pending?: boolean;
}

function Answered({ input, value, pending = false }: AnsweredProps) {
  const { kind, spec, label } = input;
  const secret = input.secret || spec.secret === true;
  const said = kind === "chat" && typeof value === "string";
  return (
    <div className={said ? styles.said : undefined} aria-busy={pending || undefined}>
      <Paper className={styles.card} p="sm" px="md" radius="lg">
        {label && !said && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {label}
          </Text>
        )}
        <Answer kind={kind} spec={spec} value={value} secret={secret} />
      </Paper>
      <Group gap="xs" mt={4} px={4} mih={26} className={styles.meta}>
        {pending ? (
          <Text size="xs" c="dimmed" role="status">
            {words.sending}
          </Text>
        ) : (
          <Told input={input} />
        )}
      </Group>
    </div>
  );
}

/** Who answered, when, and the way back to before it. */
function Told({ input }: { input: Input }) {
  const { branch } = useActions();
  const back = async () => {
    try {
      await branch?.(input.seq);
    } catch (error) {
      notifications.show({ color: "red", message: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <>
      {input.by && <Person id={input.by.id} name={input.by.name ?? ""} size={20} />}
      <Text size="xs" c="dimmed">
        {input.by?.name ? `${input.by.name} · ` : ""}
        <Moment at={input.at} />
      </Text>
      {branch && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          fw={400}
          c="dimmed"
          leftSection={<IconGitBranch size={14} />}
          onClick={() => void back()}
        >
          {words.branch}
        </Button>
      )}
    </>
  );
}
