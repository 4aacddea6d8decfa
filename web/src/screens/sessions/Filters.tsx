import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/Chip.css";
import "@mantine/core/styles/SegmentedControl.css";
import { ActionIcon, Button, Chip, Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWorkspace } from "../../api/here";
import { apps } from "../../api/queries";
import { words as common } from "../../texts/everywhere";
import { words } from "../../texts/sessions";
import classes from "./Filters.module.css";
import { STATES, WHICH, type SessionsSearch } from "./search";

const TYPING_MS = 250;

interface FiltersProps {
  search: SessionsSearch;
  narrow: (by: SessionsSearch) => void;
}

/** What narrows the list. */
export function Filters({ search, narrow }: FiltersProps) {
  const { id, role } = useWorkspace();
  const { data } = useQuery(apps(id));
  const admin = role === "admin" || role === "owner";
  const whose = WHICH.filter((one) => admin || one !== "all");
  const { which = "mine", ...further } = search;
  const known = (data?.items ?? []).map((one) => ({ value: one.id, label: one.title }));
  const gone = search.app !== undefined && !known.some((one) => one.value === search.app);
  return (
    <Group gap="sm" className={classes.filters}>
      <SegmentedControl
        aria-label={words.whose}
        data={whose.map((value) => ({ value, label: words.which[value] }))}
        value={which}
        onChange={(value) => narrow({ ...search, which: WHICH.find((one) => one === value) })}
      />
      <Search search={search} narrow={narrow} />
      <Select
        aria-label={words.state}
        placeholder={words.anyState}
        data={STATES.map((value) => ({ value, label: common.states[value] }))}
        value={search.state ?? null}
        onChange={(value) => narrow({ ...search, state: STATES.find((one) => one === value) })}
        clearable
        className={classes.choice}
      />
      <Select
        aria-label={words.app}
        placeholder={words.anyApp}
        data={gone && search.app ? [...known, { value: search.app, label: search.app }] : known}
        value={search.app ?? null}
        onChange={(value) => narrow({ ...search, app: value ?? undefined })}
        searchable
        clearable
        className={classes.choice}
      />
      <Chip
        checked={search.deleted ?? false}
        variant="outline"
        onChange={(on) => narrow({ ...search, deleted: on || undefined })}
      >
        {words.deleted}
      </Chip>
      {Object.keys(further).length > 0 && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconX size={14} />}
          onClick={() => narrow({ which })}
        >
          {words.clear}
        </Button>
      )}
    </Group>
  );
}

function Search({ search, narrow }: FiltersProps) {
  const { text = "" } = search;
  const [typed, setTyped] = useState(text);
  const [sent, setSent] = useState(text);
  const [seen, setSeen] = useState(text);
  const look = useDebouncedCallback(() => {
    if (typed.trim() === text) return;
    setSent(typed.trim());
    narrow({ ...search, text: typed.trim() || undefined });
  }, TYPING_MS);
  if (seen !== text) {
    setSeen(text);
    if (text !== sent) setTyped(text); // the address changed by itself: back, a link, the button that clears all
  }
  const change = (value: string) => {
    setTyped(value);
    look();
  };
  return (
    <TextInput
      type="search"
      aria-label={words.search}
      placeholder={words.search}
      leftSection={<IconSearch size={16} />}
      rightSection={
        typed && (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={words.clearSearch} onClick={() => change("")}>
            <IconX size={14} />
          </ActionIcon>
        )
      }
      value={typed}
      maxLength={200}
      onChange={(event) => change(event.currentTarget.value)}
      className={classes.search}
    />
  );
}
