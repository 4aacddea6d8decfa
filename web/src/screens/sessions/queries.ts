import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, given } from "../../api/call";
import type { SessionsSearch } from "./search";

const PAGE = 50;

/** Sessions of a workspace as filters narrow them, those changed last first. */
export const sessionPages = (workspace: string, { which = "mine", deleted: gone, ...search }: SessionsSearch) => {
  const deleted = gone ?? false;
  return infiniteQueryOptions({
    queryKey: ["workspace", workspace, "sessions", "pages", { which, deleted, ...search }],
    queryFn: ({ pageParam: cursor, signal }) =>
      given(
        api.GET("/api/v1/workspaces/{workspace_id}/sessions", {
          params: {
            path: { workspace_id: workspace },
            query: { which: deleted && which === "shared" ? "mine" : which, deleted, limit: PAGE, cursor, ...search },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 5_000,
  });
};
