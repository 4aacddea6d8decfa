import "@mantine/core/styles/Menu.css";
import { Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useWorkspaceIfAny } from "../../api/here";
import { workspaces } from "../../api/queries";
import { words } from "../../texts/frame";
import { LateMenu } from "../LateMenu";
import type { OpenedMenu } from "../MenuButton";
import { useCreateWorkspace, useOpenWorkspace } from "./workspaces";

/** The menu of the workspaces that there are, and of one more. */
export function WorkspaceItems({ button }: OpenedMenu) {
  const here = useWorkspaceIfAny();
  const { data: all } = useSuspenseQuery(workspaces);
  const open = useOpenWorkspace();
  const create = useCreateWorkspace();
  return (
    <LateMenu button={button} position="bottom-start" width={240}>
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
    </LateMenu>
  );
}
