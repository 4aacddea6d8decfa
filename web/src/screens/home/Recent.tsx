import { Anchor, Skeleton, Stack } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useWorkspace } from "../../api/here";
import { apps } from "../../api/queries";
import { words } from "../../texts/home";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { recent, type SessionItem } from "../../ui/frame/asked";
import { StateBadge } from "../../ui/StateBadge";
import { Part } from "./Part";
import { SessionRow } from "./SessionRow";
import classes from "./rows.module.css";

/** What was done last, mine and what is shared with me. */
export function Recent() {
  const { id, slug, role } = useWorkspace();
  const { data, error, refetch } = useQuery(recent(id));
  const all = data?.length ? (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link to="/w/$workspace/sessions" params={{ workspace: slug }} {...props} />}
    >
      {words.allSessions}
    </Anchor>
  ) : undefined;
  return (
    <Part title={words.recent} end={all}>
      {error && !data ? (
        <ErrorNote error={error} retry={refetch} />
      ) : (
        <List sessions={data} viewer={role === "viewer"} />
      )}
    </Part>
  );
}

function List({ sessions, viewer }: { sessions: SessionItem[] | undefined; viewer: boolean }) {
  const { id } = useWorkspace();
  const { data: known } = useQuery(apps(id));
  if (sessions === undefined) return <Skeleton h={196} radius="md" />;
  if (sessions.length === 0) {
    const text = viewer ? words.noSessionsViewer : words.noSessionsText;
    return <Empty icon={IconMessages} title={words.noSessions} text={text} />;
  }
  const titleOf = (app: string) => known?.items.find((one) => one.id === app)?.title ?? app;
  return (
    <Stack component="ul" gap={0} className={classes.list}>
      {sessions.map((session) => {
        const app = titleOf(session.app);
        const title = session.title || app;
        return (
          <SessionRow
            key={session.id}
            session={session}
            title={title}
            hint={title === app ? undefined : app}
            end={<StateBadge state={session.state} />}
          />
        );
      })}
    </Stack>
  );
}
