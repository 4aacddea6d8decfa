// From one workspace to another, and a new one.
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { api, given } from "../../api/call";
import type { Workspace } from "../../api/here";
import { me, queries } from "../../api/queries";
import { lately } from "../../lately";
import { words } from "../../texts/frame";
import { tellFailure } from "../ErrorNote";
import { modals } from "../modals";

/** Go to a workspace's home, and come back to it the next time. */
export function useOpenWorkspace(): (to: Pick<Workspace, "id" | "slug">) => void {
  const navigate = useNavigate();
  return ({ id, slug }) => {
    void navigate({ to: "/w/$workspace", params: { workspace: slug } });
    const header = { "if-match": "*" };
    const change = api.PATCH("/api/v1/auth/me", { params: { header }, body: { active_workspace_id: id } });
    given(change).then(
      (user) => queries.setQueryData(me.queryKey, user),
      (error: Error) => notifications.show({ color: "red", title: words.switchFailed, message: error.message }),
    );
  };
}

/** Ask for a name and make a workspace. */
export function useCreateWorkspace(): () => void {
  const open = useOpenWorkspace();
  return () =>
    void lately(() => import("./CreateWorkspace")).then(
      ({ CreateWorkspace }) =>
        modals.open({ title: words.createWorkspace, children: <CreateWorkspace onCreated={open} /> }),
      tellFailure,
    );
}
