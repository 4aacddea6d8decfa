import type { BlockProps } from "./index";
import { Tree } from "./json/Tree";

export function Json({ block }: BlockProps<"json">) {
  return <Tree id={block.id} value={block.props.value ?? null} />;
}
