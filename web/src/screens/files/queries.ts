// What the screen of files asks of the server.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";
import { queries } from "../../api/queries";
import { sendFile, type StoredFile } from "./sending";
import { Uploads } from "./uploads";

export type { StoredFile } from "./sending";

const FILES = "/api/v1/workspaces/{workspace_id}/files";
const PAGE = 100;

// The same function each time: what it gives is made anew for another one.
const flat = ({ pages }: { pages: Schema<"FilePage">[] }) => pages.flatMap((page) => page.items);

/** The files that one may see, page by page, the newest first. */
export const files = (workspace_id: string, q: string, mine: boolean) =>
  infiniteQueryOptions({
    queryKey: ["workspace", workspace_id, "files", { q, mine }],
    queryFn: ({ pageParam: cursor }) => {
      const query = { limit: PAGE, cursor, q: q || undefined, mine: mine || undefined };
      return given(api.GET(FILES, { params: { path: { workspace_id }, query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: flat,
  });

/** What the workspace stores, and may. */
export const storage = (workspace_id: string) =>
  queryOptions({
    queryKey: ["workspace", workspace_id, "storage"],
    queryFn: () => given(api.GET("/api/v1/workspaces/{workspace_id}/storage", { params: { path: { workspace_id } } })),
  });

const at = (workspace_id: string, file_id: string) => ({
  path: { workspace_id, file_id },
  header: { "if-match": "*" },
});

/** Ask anew for the files of a workspace. */
export const filesChanged = (workspace: string) =>
  Promise.all(
    ["files", "storage"].map((part) => queries.invalidateQueries({ queryKey: ["workspace", workspace, part] })),
  );

export async function rename(workspace: string, { id }: StoredFile, name: string): Promise<void> {
  await given(api.PATCH(`${FILES}/{file_id}`, { params: at(workspace, id), body: { name } }));
  await filesChanged(workspace);
}

export async function remove(workspace: string, { id }: StoredFile): Promise<void> {
  await given(api.DELETE(`${FILES}/{file_id}`, { params: at(workspace, id) }));
  await filesChanged(workspace);
}

/** Where a file's bytes are. */
export const contentOf = (workspace: string, { id }: StoredFile) =>
  `/api/v1/workspaces/${workspace}/files/${id}/content`;

const all = new Map<string, Uploads>();

/** The uploads to a workspace. */
export function uploadsTo(workspace: string): Uploads {
  const send = (file: File, sending: Parameters<typeof sendFile>[2]) => sendFile(workspace, file, sending);
  const uploads = all.get(workspace) ?? new Uploads(send, () => void filesChanged(workspace));
  all.set(workspace, uploads);
  return uploads;
}
