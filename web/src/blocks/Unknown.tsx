import { Stack, Text } from "@mantine/core";
import type { Block } from "../document/model";
import { words } from "../texts/blocks";
import { Children } from "./Children";
import { Tree } from "./json/Tree";

/** A block of a kind that this client doesn't know: what it holds is shown as it is. */
export function Unknown({ block }: { block: Block }) {
  return (
    <Stack gap={4}>
      <Text size="sm" c="var(--block-quiet)">
        {words.unknown(block.kind)}
      </Text>
      <Tree id={block.id} value={block.props} />
      <Children id={block.id} />
    </Stack>
  );
}
