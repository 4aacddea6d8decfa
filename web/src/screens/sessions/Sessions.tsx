import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/sessions";
import { ErrorNote } from "../../ui/ErrorNote";
import { Page } from "../../ui/Page";
import { BulkBar } from "./BulkBar";
import { Filters } from "./Filters";
import { NoSessions } from "./NoSessions";
import { sessionPages } from "./queries";
import { Rows, RowsToCome } from "./Rows";
import { sessionsSearch, type SessionsSearch } from "./search";

/** The sessions of a workspace, as filters narrow them. */
export function Sessions() {
  const { id: workspace, slug } = useWorkspace();
  const search = sessionsSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const narrow = useCallback(
    (by: SessionsSearch) =>
      void navigate({
        to: "/w/$workspace/sessions",
        params: { workspace: slug },
        search: sessionsSearch({ ...by }),
        replace: true,
      }),
    [navigate, slug],
  );
  return (
    <Page
      title={words.title}
      actions={
        <Button
          size="sm"
          leftSection={<IconPlus size={16} />}
          renderRoot={(props) => <Link to="/w/$workspace" params={{ workspace: slug }} {...props} />}
        >
          {words.new}
        </Button>
      }
    >
      <Filters search={search} narrow={narrow} />
      <List key={JSON.stringify(search)} workspace={workspace} search={search} narrow={narrow} />
    </Page>
  );
}

interface ListProps {
  workspace: string;
  search: SessionsSearch;
  narrow: (by: SessionsSearch) => void;
}

function List({ workspace, search, narrow }: ListProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    sessionPages(workspace, search),
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const toggle = useCallback((id: string, on: boolean) => {
    setChosen((before) => {
      const now = new Set(before);
      if (on) now.add(id);
      else now.delete(id);
      return now;
    });
  }, []);
  if (data === undefined) return error ? <ErrorNote error={error} retry={refetch} /> : <RowsToCome />;
  if (items.length === 0) return <NoSessions search={search} narrow={narrow} />;
  const picked = items.filter((one) => chosen.has(one.id));
  return (
    <div>
      {error && <ErrorNote error={error} retry={refetch} />}
      <BulkBar items={items} chosen={picked} deleted={search.deleted ?? false} choose={setChosen} />
      <Rows
        items={items}
        chosen={chosen}
        toggle={toggle}
        more={hasNextPage && !isFetchingNextPage && !error ? () => void fetchNextPage() : null}
        loading={isFetchingNextPage}
      />
    </div>
  );
}
