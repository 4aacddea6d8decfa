import { Avatar, Menu, Text, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import { IconPlus, IconSelector } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, given } from "../../api/call";
import { useWorkspaceIfAny, type Workspace } from "../../api/here";
import { me, queries, workspaces } from "../../api/queries";
import { lately } from "../../lately";
import { words } from "../../texts/frame";
import { tellFailure } from "../ErrorNote";
import classes from "./Navigation.module.css";

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

const initial = (name: string) => [...name.trim()][0]?.toLocaleUpperCase() ?? "?";

/** The workspace that is looked at, and the others. */
export function WorkspaceSwitch({ narrow }: { narrow: boolean }) {
  const here = useWorkspaceIfAny();
  const { data: all } = useSuspenseQuery(workspaces);
  const open = useOpenWorkspace();
  const create = useCreateWorkspace();
  const name = here?.name ?? words.noWorkspace;
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <Tooltip label={name} position="right" disabled={!narrow}>
          <UnstyledButton className={classes.switch} aria-label={narrow ? words.workspace(name) : undefined}>
            <Avatar size={26} radius="sm" color="iris" variant="filled" aria-hidden>
              {initial(name)}
            </Avatar>
            {!narrow && (
              <>
                <VisuallyHidden>{words.workspace("")}</VisuallyHidden>
                <Text size="sm" fw={600} truncate className={classes.name}>
                  {name}
                </Text>
                <IconSelector size={16} aria-hidden />
              </>
            )}
          </UnstyledButton>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.workspaces}</Menu.Label>
        <Menu.RadioGroup value={here?.id ?? ""} onChange={(id) => all.filter((one) => one.id === id).forEach(open)}>
          {all.map((one) => (
            <Menu.RadioItem key={one.id} value={one.id} closeMenuOnClick>
              {one.name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconPlus size={16} />} onClick={create}>
          {words.createWorkspace}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
