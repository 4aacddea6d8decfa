import { Button, Code, Loader, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { IconApps, IconSearchOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "../../api/here";
import { apps } from "../../api/queries";
import { words } from "../../texts/home";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { fitting } from "../../ui/palette/match";
import { AppCard, type App } from "./AppCard";
import { BrokenApp } from "./BrokenApp";
import classes from "./Apps.module.css";
import { Part } from "./Part";

const COLUMNS = { base: 1, xs: 2, md: 3, xl: 4 };

/** The apps as cards, and the files that are being loaded or can't be. */
export function Apps({ typed, onClear }: { typed: string; onClear: () => void }) {
  const { id } = useWorkspace();
  const { data, error, refetch } = useQuery(apps(id));
  return (
    <Part title={words.apps}>
      {data ? (
        <Found items={data.items} loading={data.loading ?? []} typed={typed} onClear={onClear} />
      ) : error ? (
        <ErrorNote error={error} retry={refetch} />
      ) : (
        <Cards>
          {Array.from({ length: 6 }, (_, index) => (
            <Skeleton key={index} h={84} radius="md" />
          ))}
        </Cards>
      )}
    </Part>
  );
}

interface FoundProps {
  items: readonly App[];
  loading: readonly string[];
  typed: string;
  onClear: () => void;
}

function Found({ items, loading, typed, onClear }: FoundProps) {
  const shown = fitting(items, typed, ({ title, doc, id }) => `${title} ${doc ?? ""} ${id}`, items.length);
  if (!items.length && !loading.length) return <Nothing />;
  if (!shown.length && !loading.length) {
    const clear = (
      <Button variant="default" size="xs" onClick={onClear}>
        {words.clear}
      </Button>
    );
    return (
      <Empty icon={IconSearchOff} title={words.noAppFits} text={words.noAppFitsText(typed.trim())} action={clear} />
    );
  }
  return (
    <Stack gap="sm">
      <Cards>
        {shown
          .filter(({ error }) => !error)
          .map((app) => (
            <AppCard key={app.id} app={app} />
          ))}
        {loading.map((file) => (
          <div key={file} className={classes.loading} role="status">
            <Loader size={16} aria-hidden />
            <Text size="sm" truncate>
              {words.loadingFile(file)}
            </Text>
          </div>
        ))}
      </Cards>
      {shown
        .filter(({ error }) => error)
        .map((app) => (
          <BrokenApp key={app.id} app={app} />
        ))}
    </Stack>
  );
}

const Cards = ({ children }: { children: React.ReactNode }) => (
  <SimpleGrid cols={COLUMNS} spacing="sm">
    {children}
  </SimpleGrid>
);

function Nothing() {
  const text = (
    <Stack gap="xs" align="center">
      {words.noAppsText}
      <Code fz="sm">{words.noAppsCommand}</Code>
    </Stack>
  );
  return <Empty icon={IconApps} title={words.noApps} text={text} />;
}
