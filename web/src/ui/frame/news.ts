// Which answers of the server are old when something happened in the workspace.
import type { QueryKey } from "@tanstack/react-query";

const OLD: Readonly<Record<string, readonly string[]>> = {
  session: ["sessions"],
  member: ["members", "license"],
  invite: ["invites", "license"],
  license: ["license"],
  file: ["files", "storage"],
  upload: ["storage"],
};

/** The keys of what a fact makes old; all of the workspace for the ends of what is known. */
export function oldBy(workspace: string, kind: string, data: Readonly<Record<string, unknown>>): readonly QueryKey[] {
  const [about = ""] = kind.split(".");
  if (about === "stream") return [["workspace", workspace]];
  if (about === "workspace") return [["workspaces"], ["workspace", workspace, "general"]];
  const keys: QueryKey[] = (OLD[about] ?? []).map((part) => ["workspace", workspace, part]);
  if (about === "member") keys.push(["workspaces"]);
  if (about === "license") keys.push(["license"]);
  if (kind === "session.shared" || kind === "session.unshared")
    keys.push(["workspace", workspace, "session", data.session]); // what may be done with it too
  return keys;
}

/** Gathers keys and gives them on: the first ones soon, what follows at most once in `pause` milliseconds. */
export class Gathered {
  readonly #give: (keys: readonly QueryKey[]) => void;
  readonly #pause: number;
  readonly #keys = new Map<string, QueryKey>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #given = -Infinity;

  constructor(give: (keys: readonly QueryKey[]) => void, pause = 1500) {
    this.#give = give;
    this.#pause = pause;
  }

  add(keys: readonly QueryKey[]): void {
    for (const key of keys) this.#keys.set(JSON.stringify(key), key);
    if (!this.#keys.size) return;
    const wait = Math.max(50, this.#given + this.#pause - performance.now());
    this.#timer ??= setTimeout(this.#flush, wait);
  }

  /** Give nothing any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#keys.clear();
  }

  readonly #flush = (): void => {
    this.#timer = undefined;
    this.#given = performance.now();
    const keys = [...this.#keys.values()];
    this.#keys.clear();
    this.#give(keys);
  };
}
