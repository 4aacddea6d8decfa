// Where somebody is: the workspace of the address, or else the one they last looked at.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Problem, type Schema } from "./call";
import { me, workspaces } from "./queries";

export type Me = Schema<"MeView">;
export type Workspace = Schema<"WorkspaceItem">;

/** Ids by the slugs that were in use: a workspace may get another one while its screens are open. */
const known = new Map<string, string>();

/** Find the workspace that an address names by its slug or id; without a name the active one. */
export function chosen(all: readonly Workspace[], named: string | undefined, active: string | null): Workspace | null {
  if (named !== undefined) {
    const found =
      all.find((one) => one.slug === named || one.id === named) ?? all.find((one) => one.id === known.get(named));
    if (found) known.set(named, found.id);
    return found ?? null;
  }
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
  // It was deleted meanwhile, or is theirs no longer.
  if (found === null) throw new Problem({ status: 404, code: "workspace.not_found" });
  return found;
}
