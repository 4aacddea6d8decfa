import { Button, Group } from "@mantine/core";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Problem } from "../../api/call";
import { words } from "../../texts/home";
import { ErrorNote } from "../../ui/ErrorNote";
import { Page } from "../../ui/Page";
import { NotFound } from "./NotFound";

/** A screen that could not be shown: what went wrong, and the ways out. It is tried again once one is online. */
export function Failed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  useEffect(() => queries.reset(), [queries]);
  const retry = () => {
    reset();
    void router.invalidate();
  };
  useEffect(() => {
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  });
  if (error instanceof Problem && error.status === 404) return <NotFound />;
  return (
    <Page title={words.failedTitle} width="narrow">
      <ErrorNote error={error} retry={retry} />
      <Group>
        <Button variant="default" onClick={() => location.reload()}>
          {words.reload}
        </Button>
        <Button variant="subtle" renderRoot={(props) => <Link to="/" {...props} />}>
          {words.toHome}
        </Button>
      </Group>
    </Page>
  );
}
