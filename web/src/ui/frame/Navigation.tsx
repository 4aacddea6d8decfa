import { ActionIcon, Button, Kbd } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from "@tabler/icons-react";
import { words } from "../../texts/frame";
import { Hint } from "../Hint";
import classes from "./Navigation.module.css";
import { PlaceLink } from "./PlaceLink";
import { PLACES, type PlaceName } from "./places";
import { UserMenu } from "./UserMenu";
import { WorkspaceSwitch } from "./WorkspaceSwitch";
import { useNearestWorkspace } from "./useNearest";

interface Props {
  narrow: boolean;
  onPalette: () => void;
  onKeys: () => void;
  /** Make it narrow or wide. Without it that can't be done. */
  onFold?: () => void;
  /** Called when somebody goes somewhere. */
  onGo?: () => void;
}

/** The ways to everything; it stands within a `nav`. */
export function Navigation({ narrow, onPalette, onKeys, onFold, onGo }: Props) {
  const workspace = useNearestWorkspace();
  return (
    <div className={`${classes.navigation} ${narrow ? classes.narrow : ""}`}>
      <WorkspaceSwitch narrow={narrow} />
      {workspace && (
        <>
          <Search narrow={narrow} onClick={onPalette} />
          {(Object.keys(PLACES) as PlaceName[]).map((place) => (
            <PlaceLink key={place} place={place} workspace={workspace.slug} narrow={narrow} onGo={onGo} />
          ))}
        </>
      )}
      <div className={classes.foot}>
        <UserMenu narrow={narrow} onKeys={onKeys} />
        {onFold && <Fold narrow={narrow} onClick={onFold} />}
      </div>
    </div>
  );
}

function Search({ narrow, onClick }: { narrow: boolean; onClick: () => void }) {
  if (narrow)
    return (
      <Hint label={words.search} position="right">
        <ActionIcon variant="default" size={40} my={4} aria-label={words.search} onClick={onClick}>
          <IconSearch size={18} stroke={1.6} />
        </ActionIcon>
      </Hint>
    );
  return (
    <Button
      variant="default"
      fullWidth
      my={6}
      justify="flex-start"
      className={classes.search}
      leftSection={<IconSearch size={16} stroke={1.6} />}
      rightSection={
        <Kbd size="xs" visibleFrom="sm" aria-hidden>
          {words.searchKeys}
        </Kbd>
      }
      styles={{ label: { flex: 1 } }}
      onClick={onClick}
    >
      {words.search}
    </Button>
  );
}

function Fold({ narrow, onClick }: { narrow: boolean; onClick: () => void }) {
  const name = narrow ? words.expand : words.collapse;
  const Sign = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <Hint label={name} position="right">
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={name} onClick={onClick}>
        <Sign size={18} stroke={1.6} />
      </ActionIcon>
    </Hint>
  );
}
