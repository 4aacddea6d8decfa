import { Button, Center, Loader, Skeleton, Stack } from "@mantine/core";
import { IconFiles, IconSearchOff } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/files";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { FileRows } from "./FileRows";
import { files } from "./queries";

interface Props {
  typed: string;
  mine: boolean;
  onClear: () => void;
}

/** The files that fit; more of them as one scrolls. */
export function FileList({ typed, mine, onClear }: Props) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    files(useWorkspace().id, typed, mine),
  );
  if (data === undefined) return error ? <ErrorNote error={error} retry={refetch} /> : <Waiting />;
  if (data.length === 0) return <Nothing typed={typed} mine={mine} onClear={onClear} />;
  const goesOn = hasNextPage && !isFetchingNextPage && !error;
  return (
    <>
      <FileRows files={data} others={hasNextPage} more={goesOn ? () => void fetchNextPage() : null} />
      {error && <ErrorNote error={error} retry={() => (hasNextPage ? fetchNextPage() : refetch())} />}
      {hasNextPage && !error && (
        <Center h={36} role="status">
          {isFetchingNextPage && <Loader size="sm" aria-label={words.more} />}
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
