import { ActionIcon } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { words } from "../texts/blocks";

/** Copies a text, and says that it did. */
export function CopyText({ text }: { text: string | (() => string) }) {
  const { copied, copy } = useClipboard({ timeout: 1500 });
  const label = copied ? words.copied : words.copy;
  return (
    <ActionIcon
      variant="subtle"
      color={copied ? "teal" : "gray"}
      size="sm"
      c={copied ? undefined : "var(--block-quiet)"}
      aria-label={label}
      title={label}
      onClick={() => copy(typeof text === "string" ? text : text())}
    >
      {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
    </ActionIcon>
  );
}
