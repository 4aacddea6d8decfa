import { Button, Center, Skeleton, Stack } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconFiles, IconSearchOff } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/files";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { members } from "../session/queries";
import { FileRow } from "./FileRow";
import classes from "./files.module.css";
import { files } from "./queries";

interface Props {
  typed: string;
  mine: boolean;
  onClear: () => void;
}

/** The files that fit; more of them as one scrolls. */
export function FileList({ typed, mine, onClear }: Props) {
  const { id } = useWorkspace();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    files(id, typed, mine),
  );
  const { data: people } = useQuery(members(id));
  const nameOf = (owner: string) => people?.find(({ user_id }) => user_id === owner)?.name ?? words.somebody;
  const { ref, entry } = useIntersection({ rootMargin: "600px" });
  const near = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (near && hasNextPage && !isFetchingNextPage && !error) void fetchNextPage();
  }, [near, hasNextPage, isFetchingNextPage, error, fetchNextPage]);
  if (data === undefined) return error ? <ErrorNote error={error} retry={refetch} /> : <Waiting />;
  if (data.length === 0) return <Nothing typed={typed} mine={mine} onClear={onClear} />;
  return (
    <>
      <Stack component="ul" gap={0} className={classes.list} aria-label={words.list}>
        {data.map((file) => (
          <FileRow key={file.id} file={file} owner={nameOf(file.owner_id)} />
        ))}
      </Stack>
      {hasNextPage && (
        <Center ref={ref}>
          <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words.more}
          </Button>
        </Center>
      )}
    </>
  );
}

const Waiting = () => (
  <Stack gap={6}>
    {Array.from({ length: 6 }, (_, index) => (
      <Skeleton key={index} h={46} radius="md" />
    ))}
  </Stack>
);

function Nothing({ typed, mine, onClear }: Props) {
  const viewer = useWorkspace().role === "viewer";
  if (!typed) {
    const text = viewer ? words.emptyViewer : words.emptyText;
    return <Empty icon={IconFiles} title={mine ? words.noneOfMine : words.empty} text={text} />;
  }
  const clear = (
    <Button variant="default" size="xs" onClick={onClear}>
      {words.clear}
    </Button>
  );
  return <Empty icon={IconSearchOff} title={words.nothingFound} text={words.nothingFoundText(typed)} action={clear} />;
}
