import {
  Menu,
  Text,
  UnstyledButton,
  VisuallyHidden,
  useMantineColorScheme,
  type MantineColorScheme,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconKeyboard, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMe } from "../../api/here";
import { useLeave } from "../../screens/signin/session";
import { words } from "../../texts/frame";
import { Person } from "../Person";
import classes from "./Navigation.module.css";

export const THEMES = ["light", "dark", "auto"] as const satisfies readonly MantineColorScheme[];

/** Sign out on this device; says so when that failed. */
export function useSignOut(): () => void {
  const leave = useLeave();
  const failed = (error: Error) =>
    notifications.show({ color: "red", title: words.signOutFailed, message: error.message });
  return () => void leave().catch(failed);
}

/** Who is signed in, and what is theirs alone: account, theme, keys, the way out. */
export function UserMenu({ narrow, onKeys }: { narrow: boolean; onKeys: () => void }) {
  const { id, name, email, avatar_url } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu position="right-end" width={240}>
      <Menu.Target>
        <UnstyledButton
          className={`${classes.switch} ${classes.name}`}
          aria-label={narrow ? words.userMenu(name) : undefined}
        >
          {!narrow && <VisuallyHidden>{words.userMenu("")}</VisuallyHidden>}
          <Person id={id} name={name} src={avatar_url} named={!narrow} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="xs" truncate>
            {email}
          </Text>
        </Menu.Label>
        <Menu.Item leftSection={<IconUserCircle size={16} />} renderRoot={(props) => <Link to="/account" {...props} />}>
          {words.account}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} visibleFrom="sm" onClick={onKeys}>
          {words.keys}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{words.theme}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
          {THEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {words.themes[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
          {words.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
