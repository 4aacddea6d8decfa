import { Text } from "@mantine/core";

/** The line below a picture, a table or a chart. */
export function Caption({ children }: { children: string | null | undefined }) {
  if (!children) return null;
  return (
    <Text
      component="figcaption"
      size="sm"
      c="var(--block-quiet)"
      mt={4}
      dir="auto"
      style={{ overflowWrap: "anywhere" }}
    >
      {children}
    </Text>
  );
}
