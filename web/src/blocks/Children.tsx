import { Stack } from "@mantine/core";
import { BlockView } from "./BlockView";
import { useChildren } from "./DocumentContext";

/** What a block holds, one below the other. */
export function Children({ id }: { id: string }) {
  const children = useChildren(id);
  return (
    <Stack gap="sm" miw={0}>
      {children.map((child) => (
        <BlockView key={child} id={child} />
      ))}
    </Stack>
  );
}
