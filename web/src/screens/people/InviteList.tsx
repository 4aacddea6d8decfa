import "@mantine/core/styles/SegmentedControl.css";
import { SegmentedControl, Skeleton, Stack } from "@mantine/core";
import { IconMailPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { InviteRow } from "./InviteRow";
import { More } from "./More";
import { invites, members } from "./queries";
import classes from "./rows.module.css";

/** The invites of the workspace, for admins. */
export function InviteList() {
  const here = useWorkspace();
  const [which, setWhich] = useState<"open" | "all">("open");
  const pages = useInfiniteQuery(invites(here.id, which));
  const people = useInfiniteQuery(members(here.id)).data;
  const nameOf = (id: string) => people?.find((member) => member.user_id === id)?.name ?? null;
  return (
    <Stack gap="sm" align="stretch">
      <SegmentedControl
        aria-label={words.which}
        value={which}
        onChange={(value) => setWhich(value as "open" | "all")}
        data={[
          { value: "open", label: words.whichOpen },
          { value: "all", label: words.whichAll },
        ]}
        style={{ alignSelf: "flex-start" }}
      />
      {pages.isPending ? (
        [0, 1, 2].map((row) => <Skeleton key={row} h={60} />)
      ) : pages.data === undefined ? (
        <ErrorNote error={pages.error} retry={() => void pages.refetch()} />
      ) : pages.data.length === 0 ? (
        <Empty
          icon={<IconMailPlus />}
          title={which === "open" ? words.noOpenInvites : words.noInvites}
          text={words.noInvitesText}
        />
      ) : (
        <ul className={classes.rows} aria-label={words.invitesList}>
          {pages.data.map((invite) => (
            <InviteRow key={invite.id} invite={invite} by={nameOf(invite.invited_by)} />
          ))}
        </ul>
      )}
      <More pages={pages} />
    </Stack>
  );
}
