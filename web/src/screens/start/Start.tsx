import { Alert, Skeleton, Stack } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { api, given, type Schema } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { Markdown } from "../../blocks/markdown/Markdown";
import { words } from "../../texts/start";
import { ErrorNote } from "../../ui/ErrorNote";
import { Page } from "../../ui/Page";
import { parametersOf, type JsonSchema } from "./parameters";
import { prefilled } from "./prefill";
import { StartForm } from "./StartForm";

type App = Schema<"AppItem">;

const appQuery = (workspace_id: string, app_id: string) =>
  queryOptions({
    queryKey: ["workspace", workspace_id, "apps", app_id],
    queryFn: () =>
      given(api.GET("/api/v1/workspaces/{workspace_id}/apps/{app_id}", { params: { path: { workspace_id, app_id } } })),
  });

/** An app: what it does, what it wants to know, and its start. */
export function Start() {
  const { app: id = "" } = useParams({ strict: false });
  const workspace = useWorkspace();
  const app = useQuery(appQuery(workspace.id, id));
  if (app.isPending)
    return (
      <Page title={words.loading} width="narrow">
        <Skeleton height={60} />
        <Skeleton height={220} />
      </Page>
    );
  if (app.isError)
    return (
      <Page title={words.unknown} width="narrow">
        <ErrorNote error={app.error} retry={app.refetch} />
      </Page>
    );
  return <Shown key={id} app={app.data} />;
}

function Shown({ app }: { app: App }) {
  const search = useSearch({ strict: false }) as { args?: unknown };
  const parameters = parametersOf(app.schema as JsonSchema);
  const { args, ignored } = prefilled(parameters, search.args);
  const title = [app.icon, app.title].filter(Boolean).join(" ");
  return (
    <Page title={title} width="narrow">
      <Stack gap="lg">
        {app.doc && <Markdown text={app.doc} />}
        {app.error ? (
          <Alert color="red" icon={<IconAlertTriangle />} title={words.brokenTitle}>
            {words.broken(app.error)}
          </Alert>
        ) : (
          <>
            {!app.durable && (
              <Alert color="gray" icon={<IconInfoCircle />}>
                {words.notDurable}
              </Alert>
            )}
            {ignored && (
              <Alert color="yellow" icon={<IconInfoCircle />}>
                {words.ignored}
              </Alert>
            )}
            <StartForm app={app} parameters={parameters} args={args} />
          </>
        )}
      </Stack>
    </Page>
  );
}
