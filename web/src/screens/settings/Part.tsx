import { Card, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PartProps {
  title: string;
  text?: ReactNode;
  /** What stands opposite to the title. */
  action?: ReactNode;
  children?: ReactNode;
}

/** A part of the settings under its heading. */
export function Part({ title, text, action, children }: PartProps) {
  return (
    <Stack gap="md" component="section">
      <Stack gap={4}>
        <Group justify="space-between" mih={action ? 36 : undefined}>
          <Title order={2} size="h4">
            {title}
          </Title>
          {action}
        </Group>
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
