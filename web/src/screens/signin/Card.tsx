import { Box, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { words } from "../../texts/signin";
import classes from "./Card.module.css";

interface Props {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
  below?: ReactNode;
}

/** The one card of a screen that stands before the rest of the client. */
export function Card({ title, lead, children, below }: Props) {
  useDocumentTitle(words.screen(title));
  return (
    <Box component="main" className={classes.page}>
      <Stack gap="lg" className={classes.column}>
        <Group justify="center" gap="xs">
          <img src="/icon.svg" width={28} height={28} alt="" />
          <Text fw={600} size="lg">
            {words.product}
          </Text>
        </Group>
        <Paper withBorder radius="lg" shadow="sm" p={{ base: "lg", xs: "xl" }}>
          <Stack gap="md">
            <Stack gap={4}>
              <Title order={1} size="h3">
                {title}
              </Title>
              {lead !== undefined && (
                <Text c="dimmed" size="sm">
                  {lead}
                </Text>
              )}
            </Stack>
            {children}
          </Stack>
        </Paper>
        {below}
      </Stack>
    </Box>
  );
}
