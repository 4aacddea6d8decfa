// What a token may do, in as few words as say it.
import { words } from "../../texts/account";

/** All that a token may be given. */
export const ALL: readonly string[] = words.scopes.flatMap(({ items }) => items.map(({ scope }) => scope));

/** Those that change nothing. */
export const READING: readonly string[] = ALL.filter((scope) => scope.endsWith(":read"));

/** What scopes let a token do, as people say it. */
export function mayDo(scopes: readonly string[]): string {
  const held = new Set(scopes);
  const holds = (wanted: readonly string[]) => wanted.every((scope) => held.has(scope));
  if (holds(ALL)) return words.all;
  if (holds(READING) && held.size === READING.length) return words.readOnly;
  const things = [...new Set(scopes.map((scope) => scope.replace(/:(read|write)$/, "")))];
  const those = (reads: boolean, writes: boolean) =>
    things
      .filter((thing) => held.has(`${thing}:read`) === reads && held.has(`${thing}:write`) === writes)
      .map((thing) => words.things[thing] ?? thing);
  return words.mayDoAll([
    words.readAndChange(those(true, true)),
    words.change(those(false, true)),
    words.read(those(true, false)),
    words.listed(those(false, false)),
  ]);
}
