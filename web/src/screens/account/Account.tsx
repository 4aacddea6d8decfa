import { Button, Stack } from "@mantine/core";
import { IconDevices, IconKey, IconLogout, IconShieldLock, IconUser } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { words } from "../../texts/account";
import { Page } from "../../ui/Page";
import { PartLink } from "../../ui/PartLink";
import { Wrong } from "../signin/fields";
import { useLeave } from "../signin/session";
import { useAct } from "../signin/useSend";
import classes from "./Account.module.css";

/** One's own account, part by part. */
export function Account() {
  const part = { className: classes.part, activeProps: { active: true } };
  return (
    <Page title={words.title} actions={<SignOut />}>
      <div className={classes.layout}>
        <nav className={classes.parts} aria-label={words.parts}>
          <PartLink
            {...part}
            to="/account"
            activeOptions={{ exact: true }}
            label={words.profile}
            leftSection={<IconUser size={16} aria-hidden />}
          />
          <PartLink
            {...part}
            to="/account/devices"
            label={words.devices}
            leftSection={<IconDevices size={16} aria-hidden />}
          />
          <PartLink
            {...part}
            to="/account/security"
            label={words.security}
            leftSection={<IconShieldLock size={16} aria-hidden />}
          />
          <PartLink
            {...part}
            to="/account/tokens"
            label={words.tokens}
            leftSection={<IconKey size={16} aria-hidden />}
          />
        </nav>
        <Stack gap="lg" maw={680}>
          <Outlet />
        </Stack>
      </div>
    </Page>
  );
}

function SignOut() {
  const leave = useLeave();
  const { busy, wrong, act } = useAct();
  return (
    <Stack gap="xs">
      <Button
        variant="default"
        leftSection={<IconLogout size={16} aria-hidden />}
        loading={busy}
        onClick={() => void act(leave)}
      >
        {words.signOut}
      </Button>
      <Wrong text={wrong} />
    </Stack>
  );
}
