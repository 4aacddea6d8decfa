import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useWorkspace } from "../../api/here";
import { queries } from "../../api/queries";
import type { Head } from "../../document/model";
import { words } from "../../texts/session";
import * as calls from "./calls";
import { offerUndo } from "./notes";
import { keyOf, listsChanged } from "./queries";

/** What leads from one session to another, or away from it. */
export interface Commands {
  branch(seq: number): Promise<void>;
  restart(head: Head): Promise<void>;
  remove(title: string): Promise<void>;
}

/** The commands for a session of the workspace that is looked at. */
export function useCommands(id: string): Commands {
  const { id: workspace, slug } = useWorkspace();
  const navigate = useNavigate();
  return useMemo(() => {
    const place = { workspace, id };
    const open = (session: string) =>
      navigate({ to: "/w/$workspace/sessions/$session", params: { workspace: slug, session } });
    const forget = (session: string) => {
      queries.removeQueries({ queryKey: keyOf(workspace, session) });
      void listsChanged(workspace);
    };
    return {
      async branch(seq) {
        const made = await calls.branch(place, seq);
        await open(made);
        offerUndo(words.branched, async () => {
          await calls.remove({ workspace, id: made });
          await open(id);
          forget(made);
        });
      },
      async restart(head) {
        await open(await calls.restart(place, head));
      },
      async remove(title) {
        await calls.remove(place);
        await navigate({ to: "/w/$workspace/sessions", params: { workspace: slug } });
        forget(id);
        offerUndo(words.removing.done(title), async () => {
          await calls.restore(place);
          await open(id);
        });
      },
    };
  }, [workspace, slug, id, navigate]);
}
