import { Avatar, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { useWorkspaceIfAny } from "../../api/here";
import { part } from "../../lately";
import { words } from "../../texts/frame";
import { Hint } from "../Hint";
import { MenuButton } from "../MenuButton";
import classes from "./Navigation.module.css";

const Items = part(async () => (await import("./WorkspaceItems")).WorkspaceItems);

const initial = (name: string) => [...name.trim()][0]?.toLocaleUpperCase() ?? "?";

/** The workspace that is looked at, and the others. */
export function WorkspaceSwitch({ narrow }: { narrow: boolean }) {
  const name = useWorkspaceIfAny()?.name ?? words.noWorkspace;
  return (
    <Hint label={name} position="right" disabled={!narrow}>
      <MenuButton menu={Items} given={{}}>
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
      </MenuButton>
    </Hint>
  );
}
