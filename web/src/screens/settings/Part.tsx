import { Card, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A part of the settings under its heading. */
export function Part({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <Stack gap="md" component="section">
      <Stack gap={4}>
        <Title order={2} size="h4">
          {title}
        </Title>
        {text && (
          <Text size="sm" c="dimmed" maw={620}>
            {text}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}

/** A group of fields. */
export function Fields({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder padding="lg" component="section">
      <Stack gap="md">
        <Title order={3} size="h5">
          {title}
        </Title>
        {children}
      </Stack>
    </Card>
  );
}
