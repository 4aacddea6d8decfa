import { Avatar, Group, Text } from "@mantine/core";
import { words } from "../texts/everywhere";

interface Props {
  id: string;
  name: string;
  size?: number;
  /** An image of theirs, where it is known. */
  src?: string | null;
  /** Show the name beside. */
  named?: boolean;
}

const COLORS = ["iris", "teal", "grape", "cyan", "orange", "pink", "green", "blue"] as const;

const colorOf = (id: string) => COLORS[[...id].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % COLORS.length];

/** Somebody: their initials in a colour that stays theirs. */
export function Person({ id, name, size = 26, src, named = false }: Props) {
  const shown = name || words.somebody;
  const avatar = (
    <Avatar
      size={size}
      src={src}
      name={shown}
      color={colorOf(id)}
      alt={named ? "" : shown}
      title={named ? undefined : shown}
      role={named ? "presentation" : "img"}
      aria-label={named ? undefined : shown}
      aria-hidden={named || undefined}
    />
  );
  if (!named) return avatar;
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      {avatar}
      <Text size="sm" truncate>
        {shown}
      </Text>
    </Group>
  );
}
