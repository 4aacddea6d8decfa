import { Button, Center } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect } from "react";
import { words } from "../../texts/people";

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
}

/** The end of a list: brings the next page when it comes into view, or when it is pressed. */
export function More({ pages }: { pages: Pages }) {
  const { ref, entry } = useIntersection({ rootMargin: "300px" });
  const wanted =
    entry?.isIntersecting === true && pages.hasNextPage && !pages.isFetchingNextPage && !pages.isFetchNextPageError;
  const { fetchNextPage } = pages;
  useEffect(() => {
    if (wanted) fetchNextPage();
  }, [wanted, fetchNextPage]);
  if (!pages.hasNextPage) return null;
  return (
    <Center ref={ref} mt="md">
      <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
        {words.more}
      </Button>
    </Center>
  );
}
