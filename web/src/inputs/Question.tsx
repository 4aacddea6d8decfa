import { ActionIcon, Badge, Button, Group, Paper, Text } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconUserShield } from "@tabler/icons-react";
import {
  memo,
  use,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type DragEvent,
  type FormEvent,
} from "react";
import { useActions, useInput } from "../blocks/DocumentContext";
import { afterFrame } from "../document/frame";
import type { Input } from "../document/model";
import { words } from "../texts/inputs";
import { DockingContext } from "./docking";
import { Field } from "./Field";
import { FilingContext, type Filing } from "./files";
import { focusFirst, focusWrong, mayTakeFocus } from "./focus";
import styles from "./Question.module.css";
import { useAsk } from "./useAsk";
import { busy, few } from "./values";

/** A question, with what takes its answer. Once it is over it stays as it was: nothing is sent any more.
 *
 * `docked`: it stands below the document, always in sight; its place in the document points to it then.
 */
export function Question({ id, docked = false }: { id: string; docked?: boolean }) {
  const now = useInput(id);
  const [input, keep] = useState(now);
  const actions = useActions();
  if (now?.state === "open" && now !== input) keep(now);
  if (input?.state !== "open") return null;
  return actions.mayAnswer(input.audience) ? (
    <Asked key={id} input={input} docked={docked} />
  ) : (
    <Watched input={input} docked={docked} />
  );
}

const Asked = memo(function Asked({ input, docked }: { input: Input; docked: boolean }) {
  const ask = useAsk(input);
  const place = useRef<HTMLFormElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const { filing, drag } = useDrops();
  const [folded, setFolded] = useState(false);
  const id = useId();
  const docking = use(DockingContext);
  const { sent, problem } = ask;
  const sending = sent !== undefined;

  useLayoutEffect(() => {
    if (docked) return docking?.hold(body.current);
  }, [docking, docked]);
  useEffect(() => {
    if (problem !== null) focusWrong(place.current);
  }, [problem]);

  const { "": whole, ...errors } = problem?.errors ?? {};
  const told = problem !== null && Object.keys(problem.errors).length === 0 ? problem.message : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy(input.kind, input.spec, ask.value)) ask.send(ask.value);
  };
  return (
    <Paper
      component="form"
      ref={place}
      className={docked ? `${styles.question} ${styles.docked}` : styles.question}
      aria-label={input.label || words.question}
      {...frameOf(input, docked)}
      noValidate
      onSubmit={submit}
      {...drag}
      // A key that is still held from the last answer answers nothing here.
      onKeyDownCapture={(event) => event.repeat && event.key === "Enter" && event.preventDefault()}
    >
      <Head input={input} docked={docked} folded={folded} fold={() => setFolded(!folded)} />
      <div hidden={folded} ref={body}>
        <FilingContext value={filing}>
          <Field
            kind={input.kind}
            spec={input.spec}
            id={id}
            label={input.label}
            value={ask.value}
            change={ask.change}
            update={ask.update}
            submit={ask.send}
            error={whole}
            errors={errors}
            disabled={sending}
          >
            {docked && !OPENS.has(input.kind) && <Arrival place={body} />}
          </Field>
        </FilingContext>
        {told !== null && (
          <Text role="alert" size="sm" c="red" mt="xs">
            {told}
          </Text>
        )}
        <Buttons input={input} sending={sending} busy={busy(input.kind, input.spec, ask.value)} skip={ask.skip} />
      </div>
    </Paper>
  );
});

/** The field of a message is its own frame. */
const frameOf = ({ kind, audience }: Input, docked: boolean) =>
  kind === "chat" && audience === null
    ? { bg: "transparent" }
    : { withBorder: true, radius: "lg", p: "md", shadow: docked ? "md" : undefined };

/** Files go to the session, also those that are dropped beside the control that takes them. */
function useDrops() {
  const { upload } = useActions();
  const taker = useRef<((files: readonly File[]) => void) | null>(null);
  const filing = useMemo<Filing>(() => {
    const takeDrops = (take: (files: readonly File[]) => void) => {
      taker.current = take;
      return () => void (taker.current = null);
    };
    return { upload, takeDrops };
  }, [upload]);
  const onDragOver = (event: DragEvent) => taker.current !== null && event.preventDefault();
  const onDrop = (event: DragEvent) => {
    if (taker.current === null) return;
    event.preventDefault();
    taker.current([...event.dataTransfer.files]);
  };
  return { filing, drag: { onDragOver, onDrop } };
}

/** Takes the keyboard when a docked question has appeared, if that disturbs nobody. */
function Arrival({ place }: { place: { current: HTMLElement | null } }) {
  useEffect(
    () =>
      afterFrame(() => {
        if (mayTakeFocus()) focusFirst(place.current);
      }),
    [place],
  );
  return null;
}

/** What opens something above the document when it gets the keyboard. */
const OPENS: ReadonlySet<string> = new Set(["date", "datetime"]);
const TALL: ReadonlySet<string> = new Set(["form", "edit_table", "upload", "approve", "choose_many"]);

function Head({ input, docked, folded, fold }: { input: Input; docked: boolean; folded: boolean; fold(): void }) {
  const folds = docked && TALL.has(input.kind);
  return (
    <>
      {folds && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          onClick={fold}
          className={styles.fold}
          aria-expanded={!folded}
          aria-label={folded ? words.unfold : words.fold}
        >
          {folded ? <IconChevronUp size={18} aria-hidden /> : <IconChevronDown size={18} aria-hidden />}
        </ActionIcon>
      )}
      {folded ? (
        <Text fw={600} truncate pe={44}>
          {input.label || words.question}
        </Text>
      ) : (
        <Audience input={input} />
      )}
    </>
  );
}

function Audience({ input }: { input: Input }) {
  if (input.audience === null) return null;
  return (
    <Badge variant="light" color="gray" mb={6} tt="none" fw={500} leftSection={<IconUserShield size={14} />}>
      {words.audience(input.audience)}
    </Badge>
  );
}

interface ButtonsProps {
  input: Input;
  sending: boolean;
  busy: boolean;
  skip(): void;
}

/** Whether the control itself has the buttons that answer. */
function answersItself({ kind, spec }: Input): boolean {
  if (kind === "choose") return few(spec.options as string[]);
  return kind === "confirm" || kind === "approve" || kind === "chat";
}

function sendWord({ kind, spec }: Input): string {
  if (kind === "form" && typeof spec.submit === "string") return spec.submit;
  if (kind === "form" || kind === "edit_table") return words.submit;
  return kind === "upload" ? words.send : words.answer;
}

function Buttons({ input, sending, busy, skip }: ButtonsProps) {
  const sends = !answersItself(input);
  const skips = input.spec.optional === true;
  if (!sends && !skips) return null;
  return (
    <Group gap="xs" mt="sm">
      {sends && (
        <Button type="submit" loading={sending} disabled={busy}>
          {sendWord(input)}
        </Button>
      )}
      {skips && (
        <Button variant="subtle" color="gray" onClick={skip} disabled={sending}>
          {words.skip}
        </Button>
      )}
    </Group>
  );
}

function Watched({ input, docked }: { input: Input; docked: boolean }) {
  if (docked) return null;
  return (
    <Paper withBorder radius="lg" p="md">
      <Audience input={input} />
      <Text fw={600} style={{ overflowWrap: "anywhere" }}>
        {input.label}
      </Text>
      {typeof input.spec.help === "string" && (
        <Text size="sm" c="dimmed">
          {input.spec.help}
        </Text>
      )}
      <Text size="sm" c="dimmed" mt={4}>
        {words.mayNot}
      </Text>
    </Paper>
  );
}
