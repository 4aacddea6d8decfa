import "@mantine/core/styles/Tabs.css";
import { Button, Stack, Tabs, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { Page } from "../../ui/Page";
import { InviteDialog } from "./InviteDialog";
import { InviteList } from "./InviteList";
import { MemberList } from "./MemberList";
import { manages } from "./roles";
import { Seats } from "./Seats";

/** The people of a workspace: who belongs to it, and who is invited. */
export function People() {
  const here = useWorkspace();
  const { tab } = useSearch({ from: "/frame/w/$workspace/people" });
  const navigate = useNavigate();
  const [inviting, { open, close }] = useDisclosure(false);
  if (!manages(here.role))
    return (
      <Page title={words.title}>
        <MemberList />
      </Page>
    );
  const mayInvite = here.role === "owner" || here.settings.allow_invites !== false;
  const show = (chosen: string | null) =>
    navigate({
      to: "/w/$workspace/people",
      params: { workspace: here.slug },
      search: chosen === "invites" ? { tab: chosen } : {},
      replace: true,
    });
  return (
    <Page
      title={words.title}
      actions={
        <Tooltip label={words.invitesOff} disabled={mayInvite}>
          <Button
            leftSection={<IconUserPlus size={16} />}
            onClick={open}
            data-disabled={mayInvite ? undefined : true}
            aria-disabled={!mayInvite}
          >
            {words.invite}
          </Button>
        </Tooltip>
      }
    >
      <Stack>
        <Seats />
        <Tabs value={tab ?? "members"} onChange={(chosen) => void show(chosen)} keepMounted={false}>
          <Tabs.List aria-label={words.tabs.label} mb="md">
            <Tabs.Tab value="members">{words.tabs.members}</Tabs.Tab>
            <Tabs.Tab value="invites">{words.tabs.invites}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="members">
            <MemberList />
          </Tabs.Panel>
          <Tabs.Panel value="invites">
            <InviteList />
          </Tabs.Panel>
        </Tabs>
      </Stack>
      <InviteDialog opened={inviting && mayInvite} close={close} />
    </Page>
  );
}
