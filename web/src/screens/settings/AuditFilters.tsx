import "@mantine/core/styles/Combobox.css";
import { Button, Select, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFilterOff } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWorkspace } from "../../api/here";
import { allOf, meaning, VERBS, words } from "../../texts/audit";
import { members } from "../people/queries";
import classes from "./AuditFilters.module.css";
import type { AuditSearch } from "./auditSearch";
import { presets } from "./presets";

interface Props {
  search: AuditSearch;
  filter: (search: AuditSearch) => void;
}

const verbs = Object.entries(VERBS).map(([thing, does]) => ({
  group: allOf(thing),
  items: [
    { value: `${thing}.*`, label: allOf(thing) },
    ...Object.keys(does).map((verb) => ({ value: `${thing}.${verb}`, label: meaning(`${thing}.${verb}`) })),
  ],
}));

const results = (["ok", "denied", "failed"] as const).map((value) => ({ value, label: words.results[value] }));

/** Which entries are shown; the address keeps it. */
export function AuditFilters({ search, filter }: Props) {
  const change = (part: AuditSearch) => filter({ ...search, ...part });
  return (
    <search aria-label={words.filters} className={classes.filters}>
      <Actor search={search} filter={filter} />
      <Select
        label={words.what}
        placeholder={words.anything}
        data={known(search.verb)}
        value={search.verb ?? null}
        onChange={(verb) => change({ verb: verb ?? undefined })}
        searchable
        clearable
        comboboxProps={{ width: 280, position: "bottom-start" }}
      />
      <Select
        label={words.result}
        placeholder={words.anyResult}
        data={results}
        value={search.result ?? null}
        onChange={(result) => change({ result: result ?? undefined })}
        clearable
      />
      <DatePickerInput
        type="range"
        label={words.when}
        placeholder={words.anyTime}
        value={[search.from ?? null, search.to ?? null]}
        onChange={([from, to]) => {
          // A range is given in two steps; half of one is no filter yet.
          if ((from === null) === (to === null)) change({ from: from ?? undefined, to: to ?? undefined });
        }}
        presets={presets(new Date())}
        allowSingleDateInRange
        clearable
        valueFormat="D MMM"
      />
      <Target key={search.target ?? ""} search={search} filter={filter} />
      {Object.keys(search).length > 0 && (
        <Button
          variant="subtle"
          color="gray"
          className={classes.clear}
          leftSection={<IconFilterOff size={16} />}
          onClick={() => filter({})}
        >
          {words.clear}
        </Button>
      )}
    </search>
  );
}

function known(verb: string | undefined) {
  const listed = verb === undefined || verbs.some(({ items }) => items.some(({ value }) => value === verb));
  return listed ? verbs : [...verbs, { group: "", items: [{ value: verb, label: meaning(verb) }] }];
}

function Actor({ search, filter }: Props) {
  const here = useWorkspace();
  const people = useInfiniteQuery(members(here.id)).data ?? [];
  const data = people.map(({ user_id, name, email }) => ({ value: user_id, label: name || email }));
  const { actor } = search;
  if (actor !== undefined && !data.some(({ value }) => value === actor)) data.push({ value: actor, label: actor });
  return (
    <Select
      label={words.who}
      placeholder={words.anybody}
      data={data}
      value={actor ?? null}
      onChange={(chosen) => filter({ ...search, actor: chosen ?? undefined })}
      searchable
      clearable
    />
  );
}

function Target({ search, filter }: Props) {
  const [typed, setTyped] = useState(search.target ?? "");
  const apply = useDebouncedCallback((text: string) => filter({ ...search, target: text.trim() || undefined }), {
    delay: 600,
    flushOnUnmount: false,
  });
  return (
    <TextInput
      label={words.target}
      placeholder={words.targetHint}
      value={typed}
      maxLength={200}
      spellCheck={false}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}
