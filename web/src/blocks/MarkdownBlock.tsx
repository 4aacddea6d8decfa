import type { BlockProps } from "./index";
import { Markdown } from "./markdown/Markdown";

export function MarkdownBlock({ block }: BlockProps<"markdown">) {
  return <Markdown text={block.props.text ?? ""} done={block.closed} />;
}
