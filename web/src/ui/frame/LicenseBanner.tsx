import { Anchor, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useWorkspaceIfAny } from "../../api/here";
import { words } from "../../texts/frame";
import { licence } from "./asked";
import classes from "./LicenseBanner.module.css";

/** How the licence stands where it has run out; null where all is well. */
export function useLapsed(): "grace" | "read_only" | null {
  const state = useQuery(licence).data?.state;
  return state === "grace" || state === "read_only" ? state : null;
}

/** Says that the licence has run out, and who can renew it. */
export function LicenseBanner({ state }: { state: "grace" | "read_only" }) {
  const workspace = useWorkspaceIfAny();
  const owner = workspace?.role === "owner";
  return (
    <Group className={classes.banner} data-state={state} gap="xs" wrap="nowrap" role="status">
      <IconAlertTriangle size={16} aria-hidden className={classes.sign} />
      <Text size="sm" lineClamp={2}>
        {words.license[state]} {!owner && words.license.others}
      </Text>
      {owner && (
        <Anchor
          size="sm"
          c="inherit"
          underline="always"
          className={classes.sign}
          renderRoot={(props) => (
            <Link to="/w/$workspace/settings/license" params={{ workspace: workspace.slug }} {...props} />
          )}
        >
          {words.license.action}
        </Anchor>
      )}
    </Group>
  );
}
