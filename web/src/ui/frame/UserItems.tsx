import "@mantine/core/styles/Menu.css";
import { Text, useMantineColorScheme, Menu, type MantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMe } from "../../api/here";
import { words } from "../../texts/frame";
import { LateMenu } from "../LateMenu";
import type { OpenedMenu } from "../MenuButton";
import { THEMES, useSignOut } from "./own";

/** What is in the menu of who is signed in. */
export function UserItems({ button, onKeys }: OpenedMenu & { onKeys: () => void }) {
  const { email } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <LateMenu button={button} position="right-end" width={240}>
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
    </LateMenu>
  );
}
