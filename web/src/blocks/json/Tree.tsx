import { Anchor } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { words } from "../../texts/blocks";
import { CopyText } from "../CopyText";
import { useKept } from "../kept";
import { useScrolls } from "../useScrolls";
import classes from "./Tree.module.css";

const AT_ONCE = 100;
const TEXT_AT_ONCE = 400;
const OPEN_AT_FIRST = 40;

type Entries = readonly (readonly [string, unknown])[];

function entriesOf(value: unknown): Entries | null {
  if (Array.isArray(value)) return value.map((item, at) => [String(at), item] as const);
  return typeof value === "object" && value !== null ? Object.entries(value) : null;
}

/** What is open at first: from the top down, as long as it stays short. */
function openAtFirst(value: unknown): Readonly<Record<string, boolean>> {
  const open: Record<string, boolean> = {};
  let [level, lines]: [(readonly [string, unknown])[], number] = [[["$", value]], 0];
  while (level.length) {
    const below = level.flatMap(([path, inside]) =>
      (entriesOf(inside) ?? []).slice(0, AT_ONCE).map(([key, item]) => [`${path}/${key}`, item] as const),
    );
    lines += below.length;
    if (lines > OPEN_AT_FIRST && level[0]?.[0] !== "$") break;
    for (const [path] of level) open[path] = true;
    level = below;
  }
  return open;
}

function Scalar({ value }: { value: unknown }) {
  const [whole, setWhole] = useState(false);
  if (typeof value !== "string")
    return <span className={classes[value === null ? "null" : typeof value]}>{String(value)}</span>;
  const cut = !whole && value.length > TEXT_AT_ONCE + 100;
  return (
    <span className={classes.string} dir="auto">
      {JSON.stringify(cut ? value.slice(0, TEXT_AT_ONCE) : value)}
      {cut && (
        <Anchor component="button" type="button" inherit ms={6} onClick={() => setWhole(true)}>
          {words.json.restOfText(value.length - TEXT_AT_ONCE)}
        </Anchor>
      )}
    </span>
  );
}

interface NodeProps {
  name: string | null;
  value: unknown;
  path: string;
  isOpen(path: string): boolean;
  toggle(path: string): void;
}

function Node({ name, value, path, isOpen, toggle }: NodeProps) {
  const [shown, setShown] = useState(AT_ONCE);
  const entries = entriesOf(value);
  const key = name === null ? null : <span className={classes.key}>{name}</span>;
  if (entries === null || entries.length === 0) {
    const empty = Array.isArray(value) ? "[]" : "{}";
    return (
      <li className={classes.line}>
        {key}
        {entries === null ? <Scalar value={value} /> : <span className={classes.null}>{empty}</span>}
      </li>
    );
  }
  const open = isOpen(path);
  const list = Array.isArray(value);
  const count = (list ? words.json.items : words.json.keys)(entries.length);
  return (
    <li className={classes.branch}>
      <button type="button" className={classes.toggle} aria-expanded={open} onClick={() => toggle(path)}>
        <IconChevronRight size={14} className={classes.chevron} aria-hidden />
        {key}
        <span className={classes.count}>{`${list ? "[ ]" : "{ }"} ${count}`}</span>
      </button>
      {open && (
        <ul className={classes.list}>
          {entries.slice(0, shown).map(([inside, item]) => (
            <Node key={inside} name={inside} value={item} path={`${path}/${inside}`} isOpen={isOpen} toggle={toggle} />
          ))}
          {entries.length > shown && (
            <li className={classes.line}>
              <Anchor component="button" type="button" inherit onClick={() => setShown(shown + 10 * AT_ONCE)}>
                {words.json.more(entries.length - shown)}
              </Anchor>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

/** A JSON value as a tree that opens level by level. `id`: of the block, by which it is remembered what is open. */
export function Tree({ id, value }: { id: string; value: unknown }): ReactNode {
  const [toggled, setToggled] = useKept<Readonly<Record<string, boolean>>>(`${id}:tree`, {});
  const [first] = useState(() => openAtFirst(value));
  const [box, scrolling] = useScrolls<HTMLDivElement>();
  const isOpen = (path: string): boolean => toggled[path] ?? first[path] ?? false;
  return (
    <div className={classes.frame} role="group" aria-label={words.json.label} dir="ltr">
      <div ref={box} className={classes.box} {...scrolling}>
        <ul className={classes.tree}>
          <Node
            name={null}
            value={value}
            path="$"
            isOpen={isOpen}
            toggle={(path) => setToggled({ ...toggled, [path]: !isOpen(path) })}
          />
        </ul>
      </div>
      <div className={classes.copy}>
        <CopyText text={() => JSON.stringify(value, null, 2)} />
      </div>
    </div>
  );
}
