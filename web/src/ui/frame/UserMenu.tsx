import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useMe } from "../../api/here";
import { part } from "../../lately";
import { words } from "../../texts/frame";
import { MenuButton } from "../MenuButton";
import { Person } from "../Person";
import classes from "./Navigation.module.css";

const Items = part(async () => (await import("./UserItems")).UserItems);

/** Who is signed in, and what is theirs alone: account, theme, keys, the way out. */
export function UserMenu({ narrow, onKeys }: { narrow: boolean; onKeys: () => void }) {
  const { id, name, avatar_url } = useMe();
  return (
    <MenuButton menu={Items} given={{ onKeys }}>
      <UnstyledButton
        className={`${classes.switch} ${classes.name}`}
        aria-label={narrow ? words.userMenu(name) : undefined}
      >
        {!narrow && <VisuallyHidden>{words.userMenu("")}</VisuallyHidden>}
        <Person id={id} name={name} src={avatar_url} named={!narrow} />
      </UnstyledButton>
    </MenuButton>
  );
}
