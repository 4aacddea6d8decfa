import { Text } from "@mantine/core";
import { words } from "../texts/document";
import { useHeadPart } from "./DocumentContext";

/** What an empty document says: nothing where what the app returned says it. */
export function Nothing() {
  const over = useHeadPart("over");
  const result = useHeadPart("result");
  if (over && result !== null && result !== undefined) return null;
  return <Text c="dimmed">{over ? words.wroteNothing : words.empty}</Text>;
}
