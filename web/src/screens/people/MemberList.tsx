import { CloseButton, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch, IconUserSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { fits } from "./fits";
import { MemberRow } from "./MemberRow";
import { More } from "./More";
import { members } from "./queries";
import classes from "./rows.module.css";
import { useMemberActions } from "./useMemberActions";

/** The members of the workspace. */
export function MemberList() {
  const here = useWorkspace();
  const pages = useInfiniteQuery(members(here.id));
  const actions = useMemberActions();
  const [search, setSearch] = useState("");

  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = pages;
  useEffect(() => {
    // The server has no search of people: all of them are asked for.
    if (search && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [search, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  if (pages.isPending) return <Waiting />;
  if (pages.data === undefined) return <ErrorNote error={pages.error} retry={() => void pages.refetch()} />;
  const shown = pages.data.filter((member) => fits(member, search));
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <TextInput
          aria-label={words.search}
          placeholder={words.searchHint}
          leftSection={<IconSearch size={16} />}
          rightSection={search && <CloseButton aria-label={words.clearSearch} onClick={() => setSearch("")} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          w={{ base: "100%", xs: 280 }}
        />
        <Text size="xs" c="dimmed" aria-live="polite">
          {words.members(search ? shown.length : pages.data.length, !hasNextPage)}
        </Text>
      </Group>
      {shown.length > 0 ? (
        <ul className={classes.rows} aria-label={words.membersList}>
          {shown.map((member) => (
            <MemberRow key={member.user_id} member={member} actions={actions} />
          ))}
        </ul>
      ) : (
        !hasNextPage && (
          <Empty icon={<IconUserSearch />} title={words.nobodyFound} text={words.nobodyFoundText(search)} />
        )
      )}
      <More pages={pages} />
    </Stack>
  );
}

function Waiting() {
  return (
    <Stack gap="sm" aria-busy>
      <Skeleton h={36} w={280} maw="100%" />
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} h={60} />
      ))}
    </Stack>
  );
}
