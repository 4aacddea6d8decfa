// What the frame and the home screen ask of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";

export type SessionItem = Schema<"SessionItem">;
type Filter = NonNullable<Parameters<typeof listed>[1]>;

async function listed(
  workspace_id: string,
  query: {
    which?: "mine" | "shared" | "all";
    state?: SessionItem["state"];
    text?: string;
    limit?: number;
  },
): Promise<SessionItem[]> {
  const params = { path: { workspace_id }, query };
  return (await given(api.GET("/api/v1/workspaces/{workspace_id}/sessions", { params }))).items;
}

const WAITING: readonly Filter[] = (["mine", "shared"] as const).flatMap((which) =>
  (["waiting", "hibernated"] as const).map((state) => ({ which, state, limit: 50 })),
);

/** Put together what was found, each session once, the latest first. */
export function merged(found: readonly SessionItem[][]): SessionItem[] {
  const all = new Map(found.flat().map((session) => [session.id, session]));
  return [...all.values()].sort((a, b) => b.updated_at.localeCompare(a.updated_at));
}

const ANSWERABLE = new Set(["owner", "edit", "answer"]);

/** Whether there is a question in it that one may answer. */
export const asksMe = ({ waiting_input, access }: SessionItem): boolean =>
  Boolean(waiting_input) && ANSWERABLE.has(access ?? "owner");

/** The sessions that wait for an answer of mine. */
export const questions = (workspace: string) =>
  queryOptions({
    queryKey: ["workspace", workspace, "sessions", "questions"],
    queryFn: async () => merged(await Promise.all(WAITING.map((filter) => listed(workspace, filter)))).filter(asksMe),
  });

/** The latest sessions, mine and those shared with me. */
export const recent = (workspace: string) =>
  queryOptions({
    queryKey: ["workspace", workspace, "sessions", "recent"],
    queryFn: async () => {
      const found = (["mine", "shared"] as const).map((which) => listed(workspace, { which, limit: 8 }));
      return merged(await Promise.all(found)).slice(0, 8);
    },
  });

/** Sessions whose title or app holds a text. */
export const sessionsWith = (workspace: string, text: string) =>
  queryOptions({
    queryKey: ["workspace", workspace, "sessions", "with", text],
    queryFn: async () => {
      const found = (["mine", "shared"] as const).map((which) => listed(workspace, { which, text, limit: 6 }));
      return merged(await Promise.all(found)).slice(0, 6);
    },
    gcTime: 60_000,
  });

/** The plan of the server, and whether its licence is valid. */
export const licence = queryOptions({
  queryKey: ["license"],
  queryFn: () => given(api.GET("/api/v1/license")),
  staleTime: 600_000,
});
