import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { workspaces } from "../../api/queries";
import { words } from "../../texts/account";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Moment } from "../../ui/Moment";
import classes from "./Account.module.css";
import { accountChanged } from "./asked";
import { confirm } from "./confirm";
import { NewToken } from "./NewToken";
import { mayDo } from "./scopes";
import { Section } from "./Section";

type Token = Schema<"TokenView">;

const useTokens = () =>
  useInfiniteQuery({
    queryKey: ["account", "tokens"],
    queryFn: ({ pageParam }) =>
      given(api.GET("/api/v1/auth/tokens", { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

const revoke = ({ id, name }: Token) =>
  confirm({
    title: words.revokeTitle,
    text: words.revokeText(name),
    label: words.revoke,
    act: async () => {
      await given(api.DELETE("/api/v1/auth/tokens/{token_id}", { params: { path: { token_id: id } } }));
      await accountChanged();
    },
    said: words.revoked(name),
  });

/** Tokens of programs that act for one. */
export function Tokens() {
  const none = useSuspenseQuery(workspaces).data.length === 0;
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTokens();
  const [making, setMaking] = useState(false);
  const items = data?.pages.flatMap((page) => page.items);
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} disabled={none} onClick={() => setMaking(true)}>
      {words.newToken}
    </Button>
  );
  return (
    <Section title={words.tokens} text={words.tokensText} actions={button}>
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {items === undefined && error === null && <Skeleton h={120} />}
      {items?.length === 0 && (
        <Empty icon={IconKey} title={words.noTokens} text={none ? words.tokenNeedsWorkspace : words.noTokensText} />
      )}
      {!!items?.length && (
        <div className={classes.rows}>
          {items.map((token) => (
            <Row key={token.id} token={token} />
          ))}
        </div>
      )}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      )}
      {making && <NewToken close={() => setMaking(false)} />}
    </Section>
  );
}

function Row({ token }: { token: Token }) {
  const { name, workspace_id, scopes, expires_at, last_used_at } = token;
  const workspace = useSuspenseQuery(workspaces).data.find(({ id }) => id === workspace_id);
  return (
    <div className={classes.row}>
      <Stack gap={2} className={classes.what}>
        <Text fw={500}>{name}</Text>
        <Text size="sm">
          {workspace?.name ?? words.goneWorkspace} · <span title={scopes.join(", ")}>{mayDo(scopes)}</span>
        </Text>
        <Text size="sm" c="dimmed">
          {last_used_at === null ? words.neverUsed : `${words.used} `}
          {last_used_at !== null && <Moment at={last_used_at} />} ·{" "}
          {expires_at === null ? words.neverEnds : `${words.ends} `}
          {expires_at !== null && <Moment at={expires_at} />}
        </Text>
      </Stack>
      <Button variant="default" aria-label={words.revokeOf(name)} onClick={() => revoke(token)}>
        {words.revoke}
      </Button>
    </div>
  );
}
