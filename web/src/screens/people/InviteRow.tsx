import { ActionIcon, Badge, Box, Group, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconMailForward, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, given } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { Moment } from "../../ui/Moment";
import { InviteLink } from "./InviteLink";
import { askPeople, outbox, type Invite } from "./queries";
import { reaches } from "./roles";
import classes from "./rows.module.css";
import { ask, tellProblem } from "./useMemberActions";

const COLORS: Record<Invite["state"], string> = {
  open: "blue",
  accepted: "teal",
  revoked: "gray",
  expired: "orange",
  void: "gray",
};

/** An invite, and what can be done with it. */
export function InviteRow({ invite, by }: { invite: Invite; by: string | null }) {
  const here = useWorkspace();
  const client = useQueryClient();
  const place = { params: { path: { workspace_id: here.id, invite_id: invite.id } } };
  const settled = {
    onError: (problem: Error) => tellProblem(problem),
    onSettled: () => Promise.all([askPeople(client, here.id), client.invalidateQueries({ queryKey: outbox.queryKey })]),
  };
  const resend = useMutation({
    mutationFn: () => given(api.POST("/api/v1/workspaces/{workspace_id}/invites/{invite_id}/resend", place)),
    onSuccess: () => notifications.show({ message: words.resent(invite.email) }),
    ...settled,
  });
  const revoke = useMutation({
    mutationFn: () => given(api.DELETE("/api/v1/workspaces/{workspace_id}/invites/{invite_id}", place)),
    onSuccess: () => notifications.show({ message: words.revoked(invite.email) }),
    ...settled,
  });
  const mine = reaches(here.role, invite.role);
  const more = [by !== null && words.invitedBy(by), invite.sent > 1 && words.sentTimes(invite.sent)].filter(Boolean);
  return (
    <li className={classes.row}>
      <Box className={classes.who}>
        <Group gap={6} wrap="nowrap">
          <Text size="sm" fw={500} truncate>
            {invite.email}
          </Text>
          <Badge size="xs" variant="light" color={COLORS[invite.state]} flex="none">
            {words.states[invite.state]}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {[words.roles[invite.role], ...more].join(", ")}
        </Text>
      </Box>
      <Text size="xs" c="dimmed" className={classes.when} component="div">
        {(invite.state === "open" || invite.state === "expired") && (
          <>
            {invite.state === "open" ? words.expires : words.expired} <Moment at={invite.expires_at} />
          </>
        )}
      </Text>
      <div className={classes.link}>{invite.state === "open" && <InviteLink email={invite.email} />}</div>
      <Group gap={4} wrap="nowrap" className={classes.pair} justify="flex-end">
        {mine && (invite.state === "open" || invite.state === "expired") && (
          <Tooltip label={words.resend}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={40}
              aria-label={words.resendOf(invite.email)}
              loading={resend.isPending}
              onClick={() => resend.mutate()}
            >
              <IconMailForward size={18} />
            </ActionIcon>
          </Tooltip>
        )}
        {mine && (invite.state === "open" || invite.state === "expired") && (
          <Tooltip label={words.revoke}>
            <ActionIcon
              variant="subtle"
              color="red"
              size={40}
              aria-label={words.revokeOf(invite.email)}
              loading={revoke.isPending}
              onClick={() =>
                ask({
                  title: words.revokeTitle(invite.email),
                  text: words.revokeText,
                  confirm: words.revoke,
                  danger: true,
                  then: () => revoke.mutate(),
                })
              }
            >
              <IconX size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    </li>
  );
}
