import { CodeBox } from "./CodeBox";
import type { BlockProps } from "./index";

export function Code({ block }: BlockProps<"code">) {
  return <CodeBox text={block.props.text ?? ""} language={block.props.language ?? null} />;
}
