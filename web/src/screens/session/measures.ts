// What the API tells of a session's limits, in the order and the words in which people read it.
import type { Schema } from "../../api/call";
import { words } from "../../texts/session-details";
import { size } from "../../ui/FileSize";

export type Usage = Schema<"SessionUsage">;

/** One limit as it is shown; without a share there is nothing to draw. */
export interface Line {
  name: string;
  text: string;
  hint?: string;
  share: number | null;
}

/** Limits of one kind. */
export interface Part {
  title: string;
  lines: Line[];
}

type Name = { [N in keyof Usage]: Usage[N] extends Schema<"Measure"> ? N : never }[keyof Usage];

const KINDS: Readonly<Record<Name, (amount: number) => string>> = {
  memory_bytes: size,
  cpu_s: time,
  open_files: count,
  processes: count,
  wall_s: time,
  waiting_s: time,
  idle_s: time,
  stream_bytes: size,
  bytes_per_s: size,
};
const PROCESS: readonly Name[] = ["memory_bytes", "cpu_s", "open_files", "processes"];
const TIMES: readonly Name[] = ["wall_s", "waiting_s", "idle_s"];

/** What is worth telling of a session; nothing of a process that will never be again. */
export function partsOf(usage: Usage, over: boolean): Part[] {
  const told = (names: readonly Name[]) => names.flatMap((name) => lineOf(name, usage[name]) ?? []);
  const kept: Line[] = [
    ...told(["stream_bytes"]),
    { name: words.limits.events, text: count(usage.events), share: null },
    { name: words.limits.files, text: size(usage.files_bytes), share: null },
  ];
  if (over) return [{ title: words.limits.kept, lines: kept }];
  return [
    { title: words.limits.process, lines: told(PROCESS) },
    { title: words.limits.times, lines: told(TIMES) },
    { title: words.limits.kept, lines: [...kept, ...told(["bytes_per_s"])] },
  ].filter(({ lines }) => lines.length > 0);
}

function lineOf(name: Name, { limit, used }: Schema<"Measure">): Line | null {
  if (limit === null && used === null) return null;
  const said = KINDS[name];
  return {
    name: words.limits.names[name],
    text:
      limit === null
        ? said(used ?? 0)
        : used === null
          ? words.limits.upTo(said(limit))
          : words.limits.of(said(used), said(limit)),
    hint: words.limits.hints[name],
    share: limit === null || used === null ? null : Math.min(used / limit, 1),
  };
}

const SPANS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** A time in seconds as people say it: `0.4 s`, `12 min`, `1.5 h`. */
export function time(seconds: number): string {
  const [unit, length] = SPANS.find(([, long]) => seconds >= long) ?? (["second", 1] as const);
  const amount = seconds / length;
  return amount.toLocaleString(undefined, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: amount < 10 ? 1 : 0,
  });
}

function count(amount: number): string {
  return amount.toLocaleString();
}
