import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/SegmentedControl.css";
import { Button, Group, Input, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { useMe } from "../../api/here";
import { words } from "../../texts/session-details";
import { ErrorNote } from "../../ui/ErrorNote";
import type { Place } from "./calls";
import { at, members, shares } from "./queries";
import { END_OF, SPANS, type Span } from "./spans";

type Level = Schema<"ShareSession">["level"];
const LEVELS = ["view", "answer", "edit"] as const satisfies readonly Level[];

interface ShareFormProps {
  place: Place;
  shared: readonly Schema<"ShareItem">[] | undefined;
  told: (link: string) => void;
}

/** Shares a session with a member, or makes a link. */
export function ShareForm({ place, shared, told }: ShareFormProps) {
  const [person, setPerson] = useState<string | null>(null);
  const [level, setLevel] = useState<Level>("answer");
  const [span, setSpan] = useState<Span>("never");
  const client = useQueryClient();
  const sharing = useMutation({
    mutationFn: (user_id: string | null) =>
      given(
        api.POST("/api/v1/workspaces/{workspace_id}/sessions/{session_id}/shares", {
          ...at(place.workspace, place.id),
          body: { level, user_id, expires_at: END_OF[span]() },
        }),
      ),
    onSuccess: (made) => {
      setPerson(null);
      if (made.link) told(new URL(made.link, window.location.origin).href);
      return client.invalidateQueries({ queryKey: shares(place.workspace, place.id).queryKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (person !== null) sharing.mutate(person);
      }}
    >
      <Stack gap="sm">
        <Who place={place} shared={shared} person={person} choose={setPerson} />
        <Group gap="sm" align="flex-end">
          <LevelChoice level={level} choose={setLevel} />
          <Select
            label={words.share.until}
            data={SPANS.map((value) => ({ value, label: words.share.spans[value] }))}
            value={span}
            allowDeselect={false}
            w="9rem"
            onChange={(value) => setSpan(SPANS.find((one) => one === value) ?? "never")}
          />
        </Group>
        <Text size="sm" c="dimmed">
          {words.share.explained[level]}
        </Text>
        {sharing.error && <ErrorNote error={sharing.error} />}
        <Group gap="xs">
          <Button type="submit" disabled={person === null} loading={sharing.isPending && person !== null}>
            {words.share.add}
          </Button>
          <Button
            variant="default"
            leftSection={<IconLink size={16} />}
            disabled={sharing.isPending}
            title={words.share.linkHint}
            onClick={() => sharing.mutate(null)}
          >
            {words.share.link}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface WhoProps extends Omit<ShareFormProps, "told"> {
  person: string | null;
  choose: (person: string | null) => void;
}

function Who({ place, shared = [], person, choose }: WhoProps) {
  const me = useMe();
  const { data, isPending } = useQuery(members(place.workspace));
  const have = new Set(shared.map((one) => one.user_id));
  const others = (data ?? []).filter((one) => one.user_id !== me.id);
  const options = others.map((one) => ({
    value: one.user_id,
    label: one.name ? `${one.name} (${one.email})` : one.email,
    disabled: have.has(one.user_id),
  }));
  return (
    <Select
      label={words.share.person}
      placeholder={words.share.who}
      data={options}
      value={person}
      onChange={choose}
      searchable
      clearable
      disabled={isPending}
      nothingFoundMessage={words.share.nobody}
      comboboxProps={{ withinPortal: true }}
      data-autofocus
    />
  );
}

function LevelChoice({ level, choose }: { level: Level; choose: (level: Level) => void }) {
  const id = useId();
  return (
    <Stack gap={0}>
      <Input.Label id={id} labelElement="div">
        {words.share.level}
      </Input.Label>
      <SegmentedControl
        aria-labelledby={id}
        data={LEVELS.map((value) => ({ value, label: words.share.levels[value] }))}
        value={level}
        onChange={(value) => choose(LEVELS.find((one) => one === value) ?? "view")}
      />
    </Stack>
  );
}
