// What can be done with a session, over the API. All throw a `Problem`.
import { api, given, Problem, send, upload } from "../../api/call";
import { save as saveFile } from "../../blocks/save";
import type { DocumentActions } from "../../document/actions";
import type { FileRef, Head } from "../../document/model";
import { at, type Detail, type Held, type SessionItem } from "./queries";

const SESSION = "/api/v1/workspaces/{workspace_id}/sessions/{session_id}";

/** A session in its workspace. */
export interface Place {
  workspace: string;
  id: string;
}

const addressOf = ({ workspace, id }: Place) => `/api/v1/workspaces/${workspace}/sessions/${id}`;
const inside = ({ workspace, id }: Place) => at(workspace, id);

/** What a shown document asks for. */
export function actionsOf(
  place: Place,
  mayAnswer: DocumentActions["mayAnswer"],
  branch: ((seq: number) => Promise<void>) | null,
): DocumentActions {
  return {
    mayAnswer,
    branch,
    answer: async (input, value) => {
      await given(api.POST(`${SESSION}/interactions`, { ...inside(place), body: { input, value } }));
    },
    upload: (file, options) =>
      upload<FileRef>(`${addressOf(place)}/files?name=${encodeURIComponent(file.name)}`, file, options),
    fileUrl: (file) => `${addressOf(place)}/files/${file.sha256}?name=${encodeURIComponent(file.name)}`,
  };
}

/** Change a session's title or its end, if nobody else did since. */
export async function update(
  place: Place,
  etag: string,
  body: { title?: string; expires_at?: string | null },
): Promise<Held> {
  const { path } = inside(place).params;
  const asked = api.PATCH(SESSION, { params: { path, header: { "if-match": etag } }, body });
  const detail = await given(asked);
  return { detail, etag: (await asked).response.headers.get("etag") ?? "*" };
}

export async function stop(place: Place, reason = ""): Promise<void> {
  await given(api.POST(`${SESSION}/cancel`, { ...inside(place), body: { reason } }));
}

export async function remove(place: Place): Promise<void> {
  await given(api.DELETE(SESSION, inside(place)));
}

export async function restore(place: Place): Promise<void> {
  await given(api.POST(`${SESSION}/restore`, inside(place)));
}

/** Make a session that shares this one's events up to `seq`; gives its id. */
export async function branch(place: Place, seq: number): Promise<string> {
  const made = await given(api.POST(`${SESSION}/branch`, { ...inside(place), body: { seq } }));
  return made.id;
}

/** Start the same app with the same arguments; gives the new session's id. */
export async function restart(
  place: Place,
  { app, args, title }: Pick<Head, "app" | "args" | "title">,
): Promise<string> {
  // Files belong to their session: only a branch takes them along. It begins behind the event that made the session.
  if (holdsFiles(args)) return branch(place, 1);
  const made = (await given(
    api.POST("/api/v1/workspaces/{workspace_id}/sessions", {
      params: { path: { workspace_id: place.workspace } },
      body: { app, args, title, expires_at: null },
    }),
  )) as SessionItem;
  return made.id;
}

/** Whether a value refers to a stored file anywhere. */
export function holdsFiles(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ("sha256" in value && "size_bytes" in value) || Object.values(value).some(holdsFiles);
}

/** Count a session as active now, so that it is not ended as one left alone. */
export async function touch(place: Place): Promise<void> {
  await given(api.POST(`${SESSION}/touch`, inside(place)));
}

/** Save a session as a file, named by its title. */
export async function save(place: Place, format: "md" | "json", title: string): Promise<void> {
  const response = await send(new Request(`${addressOf(place)}/export?format=${format}`));
  if (!response.ok) throw new Problem({ status: response.status, ...(await response.json().catch(() => ({}))) });
  saveFile(`${fileName(title)}.${format}`, await response.blob());
}

/** A title as a file may be called. */
export function fileName(title: string): string {
  const kept = title.replace(/[\\/:*?"<>|\p{Cc}]+/gu, " ").replace(/\s+/g, " ");
  return kept.trim().replace(/^\.+/, "").slice(0, 100).trim() || "session";
}

export const placeOf = (detail: Pick<Detail, "workspace_id" | "id">): Place => ({
  workspace: detail.workspace_id,
  id: detail.id,
});
