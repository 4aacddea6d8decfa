import { Anchor, Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconCheck, IconLock, IconPaperclip, IconX } from "@tabler/icons-react";
import { Suspense } from "react";
import { useActions } from "../blocks/DocumentContext";
import type { Answers, FileRef, Inputs } from "../document/model";
import type { Field } from "../document/wire";
import { words } from "../texts/inputs";
import { size } from "../ui/FileSize";
import { AnswerRows } from "./parts";
import { fieldsOf } from "./values";

interface Props {
  kind: string;
  spec: Readonly<Record<string, unknown>>;
  value: unknown;
  secret?: boolean;
}

const WRAP = { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } as const;
const DOTS = "••••••";

/** An answer, as its kind is best read. */
export function Answer({ kind, spec, value, secret = false }: Props) {
  if (secret) return <Secret />;
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0))
    return <Text c="dimmed">{Array.isArray(value) ? words.none : words.skipped}</Text>;
  if (kind === "confirm")
    return <Text>{((value ? spec.yes : spec.no) as string | undefined) ?? (value ? words.yes : words.no)}</Text>;
  if (kind === "approve") return <Decided decision={value as Answers["approve"]} />;
  if (kind === "choose_many") return <Chosen options={value as Answers["choose_many"]} />;
  if (kind === "upload") return <Files files={value as Answers["upload"]} />;
  if (kind === "edit_table")
    return (
      <Suspense fallback={<Skeleton height={120} />}>
        <AnswerRows columns={spec.columns as Inputs["edit_table"]["columns"]} rows={value as unknown[][]} />
      </Suspense>
    );
  if (kind === "form") return <Fields fields={spec.fields as Field[]} value={fieldsOf(value)} />;
  return <Text style={WRAP}>{written(kind, spec, value)}</Text>;
}

function written(kind: string, spec: Props["spec"], value: unknown): string {
  if (typeof value === "number") return words.amount(value, typeof spec.unit === "string" ? spec.unit : null);
  if (typeof value !== "string") return JSON.stringify(value);
  if (kind === "date") return new Date(`${value}T00:00`).toLocaleDateString(undefined, { dateStyle: "long" });
  if (kind === "datetime") return new Date(value).toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
  if (kind === "time") return value.replace(/:00(\.0+)?$/, (end, _more, at: number) => (at > 2 ? "" : end));
  return value;
}

function Secret() {
  return (
    <Group gap={6} wrap="nowrap">
      <IconLock size={14} aria-hidden />
      <Text aria-label={words.secret} role="img">
        {DOTS}
      </Text>
    </Group>
  );
}

function Decided({ decision }: { decision: Answers["approve"] }) {
  const { approved, comment } = decision;
  const Sign = approved ? IconCheck : IconX;
  return (
    <Stack gap={4} align="flex-start">
      <Badge
        variant="light"
        color={approved ? "green" : "red"}
        size="lg"
        tt="none"
        leftSection={<Sign size={14} aria-hidden />}
      >
        {approved ? words.approved : words.rejected}
      </Badge>
      {comment && <Text style={WRAP}>{comment}</Text>}
    </Stack>
  );
}

function Chosen({ options }: { options: readonly string[] }) {
  return (
    <Group gap={6}>
      {options.map((option) => (
        <Badge key={option} variant="light" color="gray" size="lg" tt="none" fw={500} maw="100%">
          {option}
        </Badge>
      ))}
    </Group>
  );
}

function Files({ files }: { files: readonly FileRef[] }) {
  const { fileUrl } = useActions();
  return (
    <Stack gap={4} align="flex-start">
      {files.map((file, at) => (
        <Anchor key={at} href={fileUrl(file)} download={file.name} style={WRAP}>
          <IconPaperclip size={14} aria-hidden /> {file.name}{" "}
          <Text span c="dimmed" size="sm">
            {size(file.size_bytes)}
          </Text>
        </Anchor>
      ))}
    </Stack>
  );
}

function Fields({ fields, value }: { fields: readonly Field[]; value: Record<string, unknown> }) {
  return (
    <Stack component="dl" gap={6} m={0} mt={6}>
      {fields.map((field) => (
        <Group key={field.input} gap="xs" align="baseline" wrap="nowrap">
          <Text component="dt" size="sm" c="dimmed" miw={100} maw="40%" style={WRAP}>
            {field.label || field.name}
          </Text>
          <Text component="dd" m={0} miw={0}>
            <Answer
              kind={field.kind}
              spec={field.spec ?? {}}
              value={value[field.input] ?? null}
              secret={field.spec?.secret === true}
            />
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
