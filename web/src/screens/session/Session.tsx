import { Button, Group, Skeleton, Stack } from "@mantine/core";
import { IconArrowLeft, IconMoodEmpty } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { Problem } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/session";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { listsChanged, sessionDetail } from "./queries";
import classes from "./Session.module.css";
import { Shown } from "./Shown";

/** One session: its document as it grows, and what it asks. */
export function Session() {
  const { session = "" } = useParams({ strict: false });
  const { id: workspace } = useWorkspace();
  return <One key={session} workspace={workspace} id={session} />;
}

function One({ workspace, id }: { workspace: string; id: string }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(sessionDetail(workspace, id));
  const lost = error instanceof Problem && error.status === 404;
  useEffect(() => {
    if (lost) void listsChanged(workspace);
  }, [lost, workspace]);
  if (lost) return <Gone />;
  if (data !== undefined) {
    // What the stream tells as gone the server is asked about once more: it knows whether anything is left to see.
    const again = () => void client.resetQueries({ queryKey: sessionDetail(workspace, id).queryKey });
    return <Shown key={data.detail.access === "manage" ? "managed" : "seen"} held={data} again={again} />;
  }
  if (error !== null)
    return (
      <div className={classes.note}>
        <ErrorNote error={error} retry={refetch} />
        <Back />
      </div>
    );
  return <Loading />;
}

function Loading() {
  return (
    <div className={classes.screen} aria-busy aria-label={words.loading} role="status">
      <Group h="3.25rem" px="sm" gap="sm">
        <Skeleton circle h={26} />
        <Skeleton h={18} w="min(16rem, 45%)" />
        <Skeleton h={20} w={80} radius="xl" />
      </Group>
      <Stack className={classes.note} gap="md">
        {["70%", "95%", "88%", "40%"].map((width) => (
          <Skeleton key={width} h={16} w={width} />
        ))}
        <Skeleton h={140} />
      </Stack>
    </div>
  );
}

function Gone() {
  return (
    <div className={classes.note}>
      <Empty icon={IconMoodEmpty} title={words.gone.title} text={words.gone.text} action={<Back />} />
    </div>
  );
}

function Back() {
  const { slug } = useWorkspace();
  return (
    <Button
      variant="default"
      mt="sm"
      leftSection={<IconArrowLeft size={16} />}
      renderRoot={(props) => <Link to="/w/$workspace/sessions" params={{ workspace: slug }} {...props} />}
    >
      {words.back}
    </Button>
  );
}
