import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/account";
import { Moment } from "../../ui/Moment";
import { Wrong } from "../signin/fields";
import { useAct } from "../signin/useSend";
import classes from "./Account.module.css";
import { invites, workspacesChanged } from "./asked";
import { Section } from "./Section";

/** Invites to one's own address, to be accepted here; nothing where there are none. */
export function Invites() {
  const { data: items } = useQuery(invites);
  if (items === undefined || items.length === 0) return null;
  return (
    <Section title={words.invites}>
      <div className={classes.rows}>
        {items.map((invite) => (
          <Row key={invite.id} invite={invite} />
        ))}
      </div>
    </Section>
  );
}

function Row({ invite }: { invite: Schema<"InviteView"> }) {
  const router = useRouter();
  const { busy, wrong, act } = useAct();
  const accept = async () => {
    const body = { workspace_id: invite.workspace_id, invite_id: invite.id };
    const { slug } = await given(api.POST("/api/v1/workspaces/invites/accept", { body }));
    await workspacesChanged();
    await router.navigate({ to: "/w/$workspace", params: { workspace: slug } });
  };
  return (
    <div className={classes.row}>
      <Stack gap={0} className={classes.what}>
        <Text fw={500}>{invite.workspace_name}</Text>
        <Text size="sm">{words.inviteText(invite.invited_by, words.roles[invite.role])}</Text>
        <Text size="xs" c="dimmed">
          {words.ends} <Moment at={invite.expires_at} />
        </Text>
        <Wrong text={wrong} />
      </Stack>
      <Button loading={busy} aria-label={words.inviteAccept(invite.workspace_name)} onClick={() => void act(accept)}>
        {words.accept}
      </Button>
    </div>
  );
}
