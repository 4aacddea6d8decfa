import "@mantine/core/styles/Progress.css";
import { Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/files";
import { size } from "../../ui/FileSize";
import { storage } from "./queries";

const NEARLY = 0.9;

/** How much of the workspace's storage is used. */
export function Storage() {
  const { data } = useQuery(storage(useWorkspace().id));
  if (data === undefined) return <Stack h={30} />;
  const share = data.quota_bytes ? data.used_bytes / data.quota_bytes : 0;
  const full = share >= NEARLY;
  const used = size(data.used_bytes);
  return (
    <Stack gap={4}>
      {data.quota_bytes > 0 && (
        <Progress
          size="sm"
          color={full ? "red" : undefined}
          value={Math.max(share * 100, data.used_bytes > 0 ? 0.5 : 0)}
          aria-label={words.usage}
        />
      )}
      <Text size="xs" c="dimmed">
        {data.quota_bytes > 0 ? words.used(used, size(data.quota_bytes)) : words.usedOnly(used)}
      </Text>
      {full && <Text size="sm">{words.full}</Text>}
    </Stack>
  );
}
