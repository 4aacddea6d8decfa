import { Group, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

/** A part of the screen with its heading. */
export function Part({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2} id={id} size="sm" fw={600}>
          {title}
        </Title>
        {end}
      </Group>
      {children}
    </section>
  );
}
