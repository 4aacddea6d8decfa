import { Anchor, Button, Center, Text } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { DeadEnd, Waiting } from "./DeadEnd";
import type { Departure } from "./departures";
import { Wrong } from "./fields";
import { forget } from "./session";
import { useOnce } from "./useOnce";
import { told, useAct } from "./useSend";
import { Ways } from "./Ways";

type Invite = Schema<"InviteView">;
type Me = Schema<"MeView">;
type Outcome = "arriving" | { why: string } | { invite: Invite; me: Me | null };

/** Shows an invitation. It is accepted by a click, after signing in or making an account if need be. */
export function Invitation({ token, departure }: { token: string; departure: Departure }) {
  const [outcome, setOutcome] = useState<Outcome>("arriving");
  const look = async () => {
    try {
      const invite = await given(api.POST("/api/v1/workspaces/invites/preview", { body: { token } }));
      setOutcome({ invite, me: (await api.GET("/api/v1/auth/me")).data ?? null });
    } catch (error) {
      setOutcome({ why: told(error) });
    }
  };
  useOnce(look);
  if (outcome === "arriving") return <Waiting title={words.arriving} />;
  if ("why" in outcome) return <DeadEnd why={outcome.why} hint={words.badInvite} />;
  const { invite, me } = outcome;
  if (me !== null) return <Accept token={token} invite={invite} me={me} changed={() => void look()} />;
  const invited = { token, email: invite.email, workspace: invite.workspace_name };
  const lead = words.inviteSignIn(invite.workspace_name);
  return <Ways entered={() => void look()} departure={departure} lead={lead} invited={invited} />;
}

function Accept({ token, invite, me, changed }: { token: string; invite: Invite; me: Me; changed: () => void }) {
  const router = useRouter();
  const { busy, wrong, act } = useAct();
  const accept = async () => {
    const workspace = await given(api.POST("/api/v1/workspaces/invites/accept", { body: { token } }));
    forget();
    await router.navigate({ to: "/w/$workspace", params: { workspace: workspace.slug }, replace: true });
  };
  const leave = async () => {
    await given(api.DELETE("/api/v1/auth/sessions/current"));
    forget();
    changed();
  };
  const below = (
    <Center>
      <Text size="sm" c="dimmed">
        {words.signedInAs(me.email)}{" "}
        <Anchor component="button" type="button" size="sm" py="xs" onClick={() => void act(leave)}>
          {words.asAnother}
        </Anchor>
      </Text>
    </Center>
  );
  const role = words.roles[invite.role];
  return (
    <Card title={words.inviteTitle(invite.workspace_name)} below={below}>
      <Text>{words.inviteText(invite.invited_by, invite.workspace_name, role)}</Text>
      <Text size="sm" c="dimmed">
        {words.inviteFor(invite.email)}
      </Text>
      <Wrong text={wrong} />
      <Button size="md" loading={busy} onClick={() => void act(accept)}>
        {words.accept}
      </Button>
    </Card>
  );
}
