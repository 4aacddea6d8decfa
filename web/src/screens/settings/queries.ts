// What the settings of a workspace are asked by.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";
import { tagOf } from "../people/queries";
import { asked, type AuditSearch } from "./auditSearch";

export type Change = Schema<"WorkspaceChange">;
export type Entry = Schema<"AuditEntry">;
export type Details = Schema<"LicenseDetails">;
export type Letter = Schema<"DeadLetter">;
export type Deleted = Schema<"DeletedWorkspace">;

/** A workspace with the version that a change of it must name. */
export const tagged = (workspace: string) =>
  queryOptions({
    queryKey: ["workspace", workspace, "general"],
    queryFn: async () => {
      const call = api.GET("/api/v1/workspaces/{workspace_id}", { params: { path: { workspace_id: workspace } } });
      return { workspace: await given(call), tag: await tagOf(call) };
    },
  });

/** The caller's workspaces that can still be restored. */
export const deletedOnes = queryOptions({
  queryKey: ["workspaces", "deleted"],
  queryFn: async () =>
    (await given(api.GET("/api/v1/workspaces/deleted", { params: { query: { limit: 100 } } }))).items,
});

/** The entries of the audit trail that fit, the latest first. */
export const audit = (workspace: string, search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ["workspace", workspace, "audit", search],
    queryFn: ({ pageParam: cursor }) =>
      given(
        api.GET("/api/v1/workspaces/{workspace_id}/audit", {
          params: { path: { workspace_id: workspace }, query: { ...asked(search), limit: 50, cursor } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });

/** What could not be handled, the oldest first. */
export const letters = (workspace: string) =>
  infiniteQueryOptions({
    queryKey: ["workspace", workspace, "dead-letters"],
    queryFn: ({ pageParam: cursor }) =>
      given(
        api.GET("/api/v1/workspaces/{workspace_id}/dead-letters", {
          params: { path: { workspace_id: workspace }, query: { limit: 50, cursor } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
