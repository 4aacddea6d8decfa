import { Stack, Title, type TitleOrder } from "@mantine/core";
import { use, useId } from "react";
import { Children } from "./Children";
import { Depth } from "./depth";
import type { BlockProps } from "./index";

export function Section({ block }: BlockProps<"section">) {
  const id = useId();
  const depth = use(Depth);
  const { title } = block.props;
  if (!title) return <Children id={block.id} />;
  const order = Math.min(6, depth + 1) as TitleOrder;
  return (
    <Stack component="section" gap="sm" miw={0} aria-labelledby={id}>
      <Title id={id} order={order} size={["h3", "h4", "h5"][depth - 1] ?? "h6"} dir="auto" mt={4}>
        {title}
      </Title>
      <Depth value={depth + 1}>
        <Children id={block.id} />
      </Depth>
    </Stack>
  );
}
