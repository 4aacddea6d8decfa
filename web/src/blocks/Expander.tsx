import { Children } from "./Children";
import { Fold } from "./Fold";
import type { BlockProps } from "./index";
import { useKept } from "./kept";

export function Expander({ block }: BlockProps<"expander">) {
  const [open, setOpen] = useKept(`${block.id}:open`, block.props.open ?? false);
  return (
    <Fold framed summary={<span dir="auto">{block.props.label}</span>} open={open} change={setOpen}>
      <Children id={block.id} />
    </Fold>
  );
}
