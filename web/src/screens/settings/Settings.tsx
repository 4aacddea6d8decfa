import { Button } from "@mantine/core";
import {
  IconCertificate,
  IconListSearch,
  IconLock,
  IconMail,
  IconMailExclamation,
  IconSettings,
} from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { useWorkspace } from "../../api/here";
import { words as people } from "../../texts/people";
import { words } from "../../texts/settings";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { PartLink } from "../../ui/PartLink";
import { useOutbox } from "../people/InviteLink";
import { manages } from "../people/roles";
import classes from "./Settings.module.css";

/** The settings of a workspace, part by part; for admins. */
export function Settings() {
  const here = useWorkspace();
  const keepsMails = useOutbox() !== null;
  if (!manages(here.role)) return <OnlyAdmins />;
  const part = { params: { workspace: here.slug }, className: classes.part, activeProps: { active: true } };
  return (
    <Page title={words.title}>
      <div className={classes.layout}>
        <nav className={classes.parts} aria-label={words.parts}>
          <PartLink
            {...part}
            to="/w/$workspace/settings"
            activeOptions={{ exact: true }}
            label={words.general}
            leftSection={<IconSettings size={16} />}
          />
          <PartLink
            {...part}
            to="/w/$workspace/settings/license"
            label={words.license}
            leftSection={<IconCertificate size={16} />}
          />
          <PartLink
            {...part}
            to="/w/$workspace/settings/audit"
            label={words.audit}
            leftSection={<IconListSearch size={16} />}
          />
          <PartLink
            {...part}
            to="/w/$workspace/settings/deliveries"
            label={words.deliveries}
            leftSection={<IconMailExclamation size={16} />}
          />
          {keepsMails && (
            <PartLink
              {...part}
              to="/w/$workspace/settings/mails"
              label={words.mails}
              leftSection={<IconMail size={16} />}
            />
          )}
        </nav>
        <Outlet />
      </div>
    </Page>
  );
}

function OnlyAdmins() {
  const here = useWorkspace();
  return (
    <Page title={words.title}>
      <Empty
        icon={IconLock}
        title={words.onlyAdmins}
        text={words.onlyAdminsText(people.roles[here.role].toLowerCase(), here.name)}
        action={
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/w/$workspace/people" params={{ workspace: here.slug }} {...props} />}
          >
            {words.toPeople}
          </Button>
        }
      />
    </Page>
  );
}
