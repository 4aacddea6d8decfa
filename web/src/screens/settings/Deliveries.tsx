import { ActionIcon, Box, Button, Group, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconMailCheck, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, given } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { deliveries as words, words as settings } from "../../texts/settings";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Moment } from "../../ui/Moment";
import { More } from "../people/More";
import { ask, tellProblem } from "../people/useMemberActions";
import classes from "./Deliveries.module.css";
import { Part } from "./Part";
import { letters, type Letter } from "./queries";

/** What could not be done about what happened: to try again, or to give up. */
export function Deliveries() {
  const here = useWorkspace();
  const pages = useInfiniteQuery(letters(here.id));
  return (
    <Part title={settings.deliveries} text={words.text}>
      {pages.isPending ? (
        <Stack gap="sm" aria-busy>
          <Skeleton h={64} />
          <Skeleton h={64} />
        </Stack>
      ) : pages.data === undefined ? (
        <ErrorNote error={pages.error} retry={pages.refetch} />
      ) : pages.data.length === 0 ? (
        <Empty icon={IconMailCheck} title={words.none} text={words.noneText} />
      ) : (
        <ul className={classes.letters} aria-label={words.list}>
          {pages.data.map((letter) => (
            <LetterRow key={letter.id} letter={letter} />
          ))}
        </ul>
      )}
      <More pages={pages} />
    </Part>
  );
}

function LetterRow({ letter }: { letter: Letter }) {
  const here = useWorkspace();
  const client = useQueryClient();
  const place = { params: { path: { workspace_id: here.id, fact_id: letter.id } } };
  const settled = {
    onError: (problem: Error) => tellProblem(problem),
    onSettled: () => client.invalidateQueries({ queryKey: letters(here.id).queryKey }),
  };
  const retry = useMutation({
    mutationFn: () => given(api.POST("/api/v1/workspaces/{workspace_id}/dead-letters/{fact_id}/retry", place)),
    onSuccess: () => notifications.show({ message: words.retried }),
    ...settled,
  });
  const discard = useMutation({
    mutationFn: () => given(api.DELETE("/api/v1/workspaces/{workspace_id}/dead-letters/{fact_id}", place)),
    onSuccess: () => notifications.show({ message: words.discarded }),
    ...settled,
  });
  const askFirst = () =>
    ask({
      title: words.discardTitle,
      text: words.discardText,
      confirm: words.discard,
      danger: true,
      then: () => discard.mutate(),
    });
  return (
    <Group component="li" className={classes.letter} wrap="nowrap" justify="space-between">
      <Box miw={0}>
        <Text size="sm" fw={500}>
          {letter.kind}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          <Moment at={letter.at} />
          {", "}
          {words.attempts(letter.attempts)}
        </Text>
        <Text size="xs" c="red" className={classes.error}>
          {letter.error}
        </Text>
      </Box>
      <Group gap={4} wrap="nowrap">
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          aria-label={words.retryOf(letter.kind)}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {words.retry}
        </Button>
        <Tooltip label={words.discard}>
          <ActionIcon
            variant="subtle"
            color="red"
            size={40}
            aria-label={words.discardOf(letter.kind)}
            loading={discard.isPending}
            onClick={askFirst}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Group>
  );
}
