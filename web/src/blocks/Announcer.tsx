import { VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";
import { words } from "../texts/document";
import { useDocument } from "./DocumentContext";

/** Tells who can't see it that a question was asked, or that the session ended. */
export function Announcer() {
  const source = useDocument();
  const [said, say] = useState("");
  useEffect(() => {
    let asked = new Set(source.open());
    let { over } = source.head();
    const leave = [
      source.watch("open", () => {
        const latest = source.open().findLast((id) => !asked.has(id));
        asked = new Set(source.open());
        if (latest !== undefined) say(words.asked(source.input(latest)?.label ?? ""));
      }),
      source.watch("head", () => {
        const head = source.head();
        if (head.over && !over) say(words.ended(head.state));
        over = head.over;
      }),
    ];
    return () => leave.forEach((end) => end());
  }, [source]);
  return <VisuallyHidden role="status">{said}</VisuallyHidden>;
}
