import "@mantine/core/styles/Progress.css";
import { ActionIcon, Button, CloseButton, Group, Progress, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { words } from "../../texts/files";
import { tell } from "../../ui/ErrorNote";
import { size } from "../../ui/FileSize";
import classes from "./files.module.css";
import type { Upload, Uploads } from "./uploads";

/** What is on its way, and what did not get there. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  const all = useSyncExternalStore(uploads.watch, uploads.all);
  if (all.length === 0) return null;
  return (
    <Stack component="ul" gap={0} className={classes.list} aria-label={words.uploads}>
      {all.map((upload) => (
        <Going key={upload.key} upload={upload} uploads={uploads} />
      ))}
    </Stack>
  );
}

function Going({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const { key, file, state, share } = upload;
  const { name } = file;
  const failed = state === "failed";
  return (
    <li className={classes.upload}>
      <Stack gap={4} className={classes.text}>
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" fw={500} truncate>
            {name}
          </Text>
          {!failed && (
            <Text size="xs" c="dimmed" className={classes.fixed}>
              {stateOf(upload)}
            </Text>
          )}
        </Group>
        {failed ? (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {words.failed(tell(upload.error).text)}
          </Text>
        ) : (
          <Progress size="sm" value={share * 100} aria-label={name} />
        )}
      </Stack>
      {failed ? (
        <>
          <Button size="xs" variant="default" onClick={() => uploads.again(key)}>
            {words.again}
          </Button>
          <CloseButton aria-label={words.dismiss(name)} onClick={() => uploads.drop(key)} />
        </>
      ) : (
        <ActionIcon variant="subtle" color="gray" aria-label={words.stop(name)} onClick={() => uploads.drop(key)}>
          <IconX size={18} stroke={1.6} />
        </ActionIcon>
      )}
    </li>
  );
}

function stateOf({ state, share, file }: Upload): string {
  if (state === "waits") return words.waits;
  return share < 1 ? words.going(size(share * file.size), size(file.size)) : words.finishing;
}
