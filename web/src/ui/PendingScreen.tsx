import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { words } from "../texts/everywhere";
import classes from "./Page.module.css";

/** The place of a screen that is on its way. */
export function PendingScreen() {
  return (
    <Stack gap="lg" className={classes.page} role="status">
      <VisuallyHidden>{words.loading}</VisuallyHidden>
      <Skeleton h={36} w={220} radius="md" />
      <Skeleton h={96} radius="md" />
      <Skeleton h={240} radius="md" />
    </Stack>
  );
}
