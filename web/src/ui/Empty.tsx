import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import { isValidElement, type ReactElement, type ReactNode } from "react";

interface Props {
  icon: Icon | ReactElement;
  title: string;
  text?: ReactNode;
  action?: ReactNode;
}

const isIcon = (given: Icon | ReactElement): given is Icon => !isValidElement(given);

/** A place where nothing is yet: why, and what to do about it. */
export function Empty({ icon: Sign, title, text, action }: Props) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon variant="light" color="gray" size={48} radius="xl">
        {isIcon(Sign) ? <Sign size={24} stroke={1.5} aria-hidden /> : Sign}
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      {text && (
        <Text component="div" c="dimmed" size="sm" maw={440}>
          {text}
        </Text>
      )}
      {action}
    </Stack>
  );
}
