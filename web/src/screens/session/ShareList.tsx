import { ActionIcon, Avatar, Badge, Group, Skeleton, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconLink, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, given, type Schema } from "../../api/call";
import { useMe } from "../../api/here";
import { words } from "../../texts/session-details";
import { Moment } from "../../ui/Moment";
import { Person } from "../../ui/Person";
import { modals } from "../../ui/modals";
import type { Place } from "./calls";
import { tellFailure } from "./notes";
import { at, shares } from "./queries";

type Share = Schema<"ShareItem">;

interface ShareListProps {
  place: Place;
  shared: readonly Share[] | undefined;
  owns: boolean;
}

/** Everybody who has the session, and the links that lead to it. */
export function ShareList({ place, shared, owns }: ShareListProps) {
  const me = useMe();
  const client = useQueryClient();
  const taking = useMutation({
    mutationFn: (share_id: string) => {
      const { path } = at(place.workspace, place.id).params;
      return given(
        api.DELETE("/api/v1/workspaces/{workspace_id}/sessions/{session_id}/shares/{share_id}", {
          params: { path: { ...path, share_id } },
        }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: shares(place.workspace, place.id).queryKey }),
    onError: tellFailure,
  });
  const take = (one: Share) => (one.kind === "link" ? confirmLink(() => taking.mutate(one.id)) : taking.mutate(one.id));
  return (
    <section aria-labelledby="shared-with">
      <Title order={3} size="h6" id="shared-with" mb="xs">
        {words.share.with}
      </Title>
      {shared === undefined && <Skeleton h={36} />}
      {shared?.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.share.none}
        </Text>
      )}
      <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {shared?.map((one) => (
          <Row
            key={one.id}
            share={one}
            busy={taking.isPending && taking.variables === one.id}
            take={owns || one.user_id === me.id ? () => take(one) : null}
          />
        ))}
      </Stack>
    </section>
  );
}

function Row({ share, busy, take }: { share: Share; busy: boolean; take: (() => void) | null }) {
  const who = share.user ?? share.user_id ?? "";
  const label = share.kind === "link" ? words.share.removeLink : words.share.remove(who);
  return (
    <Group component="li" wrap="nowrap" gap="sm" mih={40}>
      {share.kind === "link" ? (
        <Group gap="xs" wrap="nowrap" miw={0}>
          <Avatar size={26} aria-hidden>
            <IconLink size={14} />
          </Avatar>
          <Text size="sm">{words.share.aLink}</Text>
        </Group>
      ) : (
        <Person id={share.user_id ?? ""} name={who} named />
      )}
      <Text size="xs" c="dimmed" style={{ flex: 1 }}>
        {share.link_id !== null && words.share.byLink}{" "}
        {share.expires_at !== null && (
          <>
            {words.share.expires} <Moment at={share.expires_at} />
          </>
        )}
      </Text>
      <Badge variant="default" tt="none">
        {words.share.levels[share.level]}
      </Badge>
      {take !== null && (
        <Tooltip label={label}>
          <ActionIcon variant="subtle" color="gray" aria-label={label} loading={busy} onClick={take}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}

function confirmLink(take: () => void): void {
  modals.openConfirmModal({
    title: words.share.removeLink,
    children: <Text size="sm">{words.share.removeText}</Text>,
    labels: { confirm: words.share.removeAction, cancel: words.share.keep },
    confirmProps: { color: "red" },
    centered: true,
    zIndex: 400,
    onConfirm: take,
  });
}
