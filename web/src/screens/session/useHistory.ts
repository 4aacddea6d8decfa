import { useInterval } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, given, Problem, type Schema } from "../../api/call";
import { useDocument } from "../../blocks/DocumentContext";
import type { Place } from "./calls";
import { at, keyOf } from "./queries";

export type Event = Schema<"EventList">["items"][number];

const PAGE = 500;
const LOOK_EVERY_MS = 1000;

interface Page {
  items: Event[];
  /** Where the next page begins. */
  upTo: number;
  /** Whether the events before this page are no longer kept. */
  trimmed: boolean;
}

/** The events of a session in order, page by page, with those that come while it is looked at. */
export function useHistory(place: Place) {
  const source = useDocument();
  const query = useInfiniteQuery({
    queryKey: [...keyOf(place.workspace, place.id), "history"],
    queryFn: ({ pageParam }) => pageOf(place, pageParam, source.head().seq),
    initialPageParam: 0,
    getNextPageParam: (last: Page) => last.upTo,
    staleTime: Infinity, // what happened stays as it is; what comes after is a further page
    gcTime: 0,
  });
  const { data, fetchNextPage, isFetching, error } = query;
  const pages = data?.pages;
  const upTo = pages?.at(-1)?.upTo ?? 0;
  const more = () => upTo < source.head().seq;
  useInterval(() => void (!isFetching && error === null && pages && more() && fetchNextPage()), LOOK_EVERY_MS, {
    autoInvoke: true,
  });
  const events = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  return { ...query, events, more: more(), trimmed: pages?.some((page) => page.trimmed) ?? false };
}

async function pageOf(place: Place, after: number, head: number): Promise<Page> {
  const path = "/api/v1/workspaces/{workspace_id}/sessions/{session_id}/history";
  const ask = (from: number) =>
    given(api.GET(path, { params: { ...at(place.workspace, place.id).params, query: { after: from, limit: PAGE } } }));
  let trimmed = false;
  const { items, next_after } = await ask(after).catch((error: unknown) => {
    const first = error instanceof Problem && error.status === 410 ? Number(error.told.first) : NaN;
    if (!(first > 0)) throw error;
    trimmed = true;
    return ask(first - 1);
  });
  return { items, upTo: next_after ?? Math.max(head, after, items.at(-1)?.seq ?? 0), trimmed };
}
