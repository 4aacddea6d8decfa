import "@mantine/dropzone/styles.css";
import { Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconUpload } from "@tabler/icons-react";
import { words } from "../../texts/files";

/** Takes files that are dropped anywhere on the page. */
export function Drop({ onFiles }: { onFiles: (files: File[]) => void }) {
  return (
    <Dropzone.FullScreen active onDrop={onFiles} inputProps={{ "aria-hidden": true, "aria-label": undefined }}>
      <Stack align="center" justify="center" mih="60dvh" gap="xs">
        <IconUpload size={48} stroke={1.2} aria-hidden />
        <Text fw={600}>{words.drop}</Text>
      </Stack>
    </Dropzone.FullScreen>
  );
}
