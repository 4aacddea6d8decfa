import { Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, given } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/start";
import { recent, summary, type Parameter } from "./parameters";
import styles from "./Recent.module.css";

interface Props {
  app: string;
  parameters: readonly Parameter[];
  use(args: Readonly<Record<string, unknown>>): void;
}

/** The last arguments that one gave this app, to be used again. Nothing where there are none. */
export function Recent({ app, parameters, use }: Props) {
  const { id: workspace_id } = useWorkspace();
  const query = { app, which: "mine", limit: 50 } as const;
  const { data } = useQuery({
    queryKey: ["workspace", workspace_id, "sessions", "recent", app],
    queryFn: () =>
      given(api.GET("/api/v1/workspaces/{workspace_id}/sessions", { params: { path: { workspace_id }, query } })),
    enabled: parameters.length > 0,
  });
  const sets = recent(
    parameters,
    (data?.items ?? []).map((session) => session.args),
  );
  if (sets.length === 0) return null;
  return (
    <section aria-labelledby="recent">
      <Title order={2} size="h5" id="recent" mb="xs">
        {words.recent}
      </Title>
      <Stack gap={4}>
        {sets.map((args) => (
          <UnstyledButton key={JSON.stringify(args)} className={styles.set} onClick={() => use(args)}>
            <IconHistory size={16} aria-hidden className={styles.sign} />
            <Text span size="sm" className={styles.args}>
              {summary(parameters, args)}
            </Text>
            <Text span size="sm" c="dimmed" className={styles.use}>
              {words.useAgain}
            </Text>
          </UnstyledButton>
        ))}
      </Stack>
    </section>
  );
}
