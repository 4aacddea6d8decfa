import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconGitBranch, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useDocument, useHead, useHeadPart } from "../../blocks/DocumentContext";
import type { DocumentSource, Head } from "../../document/model";
import { words } from "../../texts/session";
import type { Rights } from "./access";
import { tellFailure } from "./notes";
import { Result } from "./Result";
import type { Commands } from "./useCommands";

/** How a session ended, and how to go on from there; nothing while it goes on. */
export function Ending(given: { rights: Rights; commands: Commands }) {
  return useHeadPart("over") ? <Ended {...given} /> : null;
}

function Ended({ rights, commands }: { rights: Rights; commands: Commands }) {
  const head = useHead();
  return (
    <Stack gap="md" py="md">
      <Outcome head={head} />
      {rights.branch && <WaysOn head={head} commands={commands} />}
    </Stack>
  );
}

function Outcome({ head }: { head: Head }) {
  if (head.state === "failed") return <Failure failure={head.failure} />;
  if (head.state === "cancelled") {
    const { by, reason } = head.ended ?? { by: null, reason: "" };
    const why = reason === "deleted" ? words.end.deleted : reason && words.end.because(reason);
    return <Stopped title={words.end.stopped(by && (by.name || by.id))} why={why} />;
  }
  if (head.state === "expired") {
    const limit = head.ended?.reason ?? "";
    return <Stopped title={words.end.expired} why={words.end.limits[limit] ?? words.end.limit(limit)} />;
  }
  if (head.result !== null && head.result !== undefined) return <Result value={head.result} />;
  return (
    <Text size="sm" c="dimmed">
      {words.end.done}
    </Text>
  );
}

function Stopped({ title, why }: { title: string; why: string }) {
  return (
    <Alert color="gray" icon={<IconPlayerStop />} title={title}>
      {why}
    </Alert>
  );
}

function Failure({ failure }: { failure: Head["failure"] }) {
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={words.end.failed}
      styles={{ body: { minWidth: 0 }, message: { minWidth: 0 } }}
    >
      <Stack gap="xs">
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {failure?.message}
        </Text>
        {failure?.error && (
          <details>
            <summary>{words.end.traceback}</summary>
            <Code block mt="xs" mah="24rem" style={{ overflow: "auto" }} tabIndex={0}>
              {failure.error}
            </Code>
          </details>
        )}
      </Stack>
    </Alert>
  );
}

function WaysOn({ head, commands }: { head: Head; commands: Commands }) {
  const source = useDocument();
  const [busy, setBusy] = useState(false);
  const last = lastAnswer(source);
  const run = (what: () => Promise<void>) => async () => {
    setBusy(true);
    await what().catch(tellFailure);
    setBusy(false);
  };
  return (
    <Group gap="xs" data-print="hide">
      {last !== null && (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconGitBranch size={16} />}
          disabled={busy}
          onClick={run(() => commands.branch(last))}
        >
          {words.end.branch}
        </Button>
      )}
      <Button
        variant="default"
        size="sm"
        leftSection={<IconRefresh size={16} />}
        disabled={busy}
        onClick={run(() => commands.restart(head))}
      >
        {words.end.restart}
      </Button>
    </Group>
  );
}

/** Where the question was asked that was answered last; null when none was. */
function lastAnswer(source: DocumentSource): number | null {
  let found: { seq: number; at: string } | null = null;
  const walk = (parent: string | null) => {
    for (const id of source.children(parent)) {
      const block = source.block(id);
      const input = block?.kind === "input" ? source.input(String(block.props.input)) : undefined;
      if (input?.state === "submitted" && (found === null || (input.at ?? "") >= found.at))
        found = { seq: input.seq, at: input.at ?? "" };
      walk(id);
    }
  };
  walk(null);
  return (found as { seq: number } | null)?.seq ?? null;
}
