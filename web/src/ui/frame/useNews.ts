import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { streams } from "../../stream/connection";
import { Gathered, oldBy } from "./news";

/** Follow what happens in a workspace, and ask anew for what it makes old. */
export function useNews(workspace: string | undefined, gone: (error: unknown) => void): void {
  const client = useQueryClient();
  const ended = useEffectEvent(gone);
  useEffect(() => {
    if (workspace === undefined) return;
    const gathered = new Gathered((keys) => {
      for (const queryKey of keys) void client.invalidateQueries({ queryKey });
    });
    const event = (kind: string, data: Readonly<Record<string, unknown>>) => gathered.add(oldBy(workspace, kind, data));
    const gone = (error: unknown) => {
      void client.invalidateQueries({ queryKey: ["workspaces"] }); // it may be theirs no longer
      ended(error);
    };
    const stop = streams(workspace).follow(`workspace:${workspace}`, {}, { event, gone });
    return () => {
      stop();
      gathered.end();
    };
  }, [workspace, client]);
}
