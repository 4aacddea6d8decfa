// Where somebody is: the workspace of the address, or else the one they last looked at.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Schema } from "./call";
import { me, workspaces } from "./queries";

export type Me = Schema<"MeView">;
export type Workspace = Schema<"WorkspaceItem">;

/** Find the workspace that an address names by its slug or id; without a name the active one. */
export function chosen(all: readonly Workspace[], named: string | undefined, active: string | null): Workspace | null {
  if (named !== undefined) return all.find((one) => one.slug === named || one.id === named) ?? null;
  return all.find((one) => one.id === active) ?? all[0] ?? null;
}

/** Who is signed in. Only below the frame, which sees to it that somebody is. */
export const useMe = (): Me => useSuspenseQuery(me).data;

/** The workspace that is looked at; null for who has none, on the screens of their account. */
export function useWorkspaceIfAny(): Workspace | null {
  const { data: all } = useSuspenseQuery(workspaces);
  const { workspace } = useParams({ strict: false });
  return chosen(all, workspace, useMe().active_workspace_id);
}

/** The workspace that is looked at. Only on screens below `/w/$workspace`. */
export function useWorkspace(): Workspace {
  const found = useWorkspaceIfAny();
  if (found === null) throw new Error("This screen is shown in a workspace only.");
  return found;
}
