// What the screens of sessions ask of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";
import { queries } from "../../api/queries";

export type SessionItem = Schema<"SessionItem">;
export type Detail = Schema<"SessionDetail">;

/** A session with the version that a change of it names. */
export interface Held {
  detail: Detail;
  etag: string;
}

/** Where a session is, for the API. */
export const at = (workspace_id: string, session_id: string) => ({ params: { path: { workspace_id, session_id } } });

export const keyOf = (workspace: string, id: string) => ["workspace", workspace, "session", id] as const;

const LOOK_EVERY_MS = 4_000;
const USAGE_EVERY_MS = 3_000;

/** A session as it was when it was asked for; its stream tells what comes after. */
export const sessionDetail = (workspace: string, id: string) =>
  queryOptions({
    queryKey: [...keyOf(workspace, id), "detail"],
    queryFn: async (): Promise<Held> => {
      const asked = api.GET("/api/v1/workspaces/{workspace_id}/sessions/{session_id}", at(workspace, id));
      return { detail: await given(asked), etag: (await asked).response.headers.get("etag") ?? "*" };
    },
    staleTime: 5_000,
    gcTime: 60_000, // it may hold a large document
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    // No stream tells who may only manage a session how it stands.
    refetchInterval: ({ state }) => (state.data?.detail.access === "manage" ? LOOK_EVERY_MS : false),
  });

/** Who looks at a session now. */
export const participants = (workspace: string, id: string) =>
  queryOptions({
    queryKey: [...keyOf(workspace, id), "participants"],
    queryFn: async () => {
      const path = "/api/v1/workspaces/{workspace_id}/sessions/{session_id}/participants";
      return (await given(api.GET(path, at(workspace, id)))).items;
    },
    refetchInterval: 15_000, // nobody tells of who comes and goes
  });

/** What a session may use and has used; once it is over nothing more comes of it. */
export const usageOf = (workspace: string, id: string, over: boolean) =>
  queryOptions({
    queryKey: [...keyOf(workspace, id), "usage", over],
    queryFn: () => given(api.GET("/api/v1/workspaces/{workspace_id}/sessions/{session_id}/usage", at(workspace, id))),
    refetchInterval: over ? false : USAGE_EVERY_MS, // no stream tells of it
  });

/** With whom a session is shared, and by which links. */
export const shares = (workspace: string, id: string) =>
  queryOptions({
    queryKey: [...keyOf(workspace, id), "shares"],
    queryFn: () =>
      everyPage((cursor) =>
        given(
          api.GET("/api/v1/workspaces/{workspace_id}/sessions/{session_id}/shares", {
            params: { ...at(workspace, id).params, query: { limit: 100, cursor } },
          }),
        ),
      ),
  });

/** Everybody in the workspace. */
export const members = (workspace: string) =>
  queryOptions({
    queryKey: ["workspace", workspace, "members", "all"],
    queryFn: () =>
      everyPage((cursor) =>
        given(
          api.GET("/api/v1/workspaces/{workspace_id}/members", {
            params: { path: { workspace_id: workspace }, query: { limit: 100, cursor } },
          }),
        ),
      ),
  });

async function everyPage<T>(
  page: (cursor: string | null) => Promise<{ items: T[]; next_cursor: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const { items, next_cursor }: { items: T[]; next_cursor: string | null } = await page(cursor);
    all.push(...items);
    cursor = next_cursor;
  } while (cursor !== null);
  return all;
}

/** Have lists of sessions asked again: one of them changed. */
export const listsChanged = (workspace: string) =>
  queries.invalidateQueries({ queryKey: ["workspace", workspace, "sessions"] });
