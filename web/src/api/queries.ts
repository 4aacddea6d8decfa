// What screens ask of the server, by keys that start with the workspace: `["workspace", id, "apps"]`.
import { MutationCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { api, given, Problem } from "./call";

/** Everything that was asked and is still known. A refusal is final; a server that can't be reached is asked again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => count < 3 && error instanceof Problem && (error.status === 0 || error.status >= 502),
    },
    mutations: { retry: false },
  },
  // Who is refused for the licence's sake learns at once how it stands.
  mutationCache: new MutationCache({
    onError: (error) => {
      if (error instanceof Problem && error.code === "license.expired")
        void queries.invalidateQueries({ queryKey: ["license"] });
    },
  }),
});

/** Who is signed in. */
export const me = queryOptions({
  queryKey: ["me"],
  queryFn: () => given(api.GET("/api/v1/auth/me")),
  staleTime: 60_000,
});

/** The workspaces of who is signed in. */
export const workspaces = queryOptions({
  queryKey: ["workspaces"],
  queryFn: async () => (await given(api.GET("/api/v1/workspaces", { params: { query: { limit: 100 } } }))).items,
  staleTime: 60_000,
});

const inside = (workspace_id: string) => ({ params: { path: { workspace_id } } });

/** The apps of a workspace, asked again while files are being loaded. */
export const apps = (workspace: string) =>
  queryOptions({
    queryKey: ["workspace", workspace, "apps"],
    queryFn: () => given(api.GET("/api/v1/workspaces/{workspace_id}/apps", inside(workspace))),
    refetchInterval: (query) => (query.state.data?.loading.length ? 500 : false),
  });
