import { useSuspenseQuery } from "@tanstack/react-query";
import { chosen, useMe, useWorkspaceIfAny, type Workspace } from "../../api/here";
import { workspaces } from "../../api/queries";

/** The workspace that is looked at, or where the address names none that there is, the one that one was in last. */
export function useNearestWorkspace(): Workspace | null {
  const { data: all } = useSuspenseQuery(workspaces);
  const { active_workspace_id } = useMe();
  return useWorkspaceIfAny() ?? chosen(all, undefined, active_workspace_id);
}
