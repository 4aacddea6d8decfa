import { useCallback, useState } from "react";
import { words } from "../../texts/sessions";
import { placeOf, remove, restore, stop } from "../session/calls";
import { offerUndo, tellFailure, tellDone } from "../session/notes";
import { listsChanged, type SessionItem } from "../session/queries";
import { each } from "./each";

export type Deed = "stop" | "remove" | "restore";

const DO: Readonly<Record<Deed, (place: ReturnType<typeof placeOf>) => Promise<void>>> = {
  stop: (place) => stop(place),
  remove,
  restore,
};

/** How far it is. */
export interface Progress {
  done: number;
  all: number;
}

/** Does the same with several sessions, and tells how far it is. */
export function useBulk(workspace: string): {
  progress: Progress | null;
  run(deed: Deed, items: readonly SessionItem[]): Promise<void>;
} {
  const [progress, setProgress] = useState<Progress | null>(null);
  const run = useCallback(
    async (deed: Deed, items: readonly SessionItem[]) => {
      setProgress({ done: 0, all: items.length });
      const told = (done: number) => setProgress({ done, all: items.length });
      const { done, failed } = await each(items, (item) => DO[deed](placeOf(item)), told);
      await listsChanged(workspace);
      setProgress(null);
      const [first] = failed;
      if (first !== undefined) tellFailure(new Error(words.refused(failed.length, first.message)));
      if (done.length === 0) return;
      if (deed !== "remove") return tellDone(words.done[deed](done.length));
      offerUndo(words.done.remove(done.length), async () => {
        await each(done, (item) => restore(placeOf(item)));
        await listsChanged(workspace);
      });
    },
    [workspace],
  );
  return { progress, run };
}
