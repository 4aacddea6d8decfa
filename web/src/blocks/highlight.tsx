import { useMemo, type ReactNode } from "react";
import type { RootContent } from "hast";
import classes from "./highlight.module.css";
import { later } from "./later";

const LIMIT = 40_000;

const useColours = later(async () => {
  const { common, createLowlight } = await import("lowlight");
  return createLowlight(common);
});

/** The class of each of the highlighter's kinds of token; kinds that have none look like the text. */
const kinds: Readonly<Record<string, string | undefined>> = {
  keyword: classes.keyword,
  literal: classes.keyword,
  "selector-tag": classes.keyword,
  tag: classes.keyword,
  string: classes.string,
  regexp: classes.string,
  addition: classes.string,
  number: classes.number,
  symbol: classes.number,
  comment: classes.comment,
  quote: classes.comment,
  meta: classes.meta,
  title: classes.title,
  section: classes.title,
  name: classes.title,
  built_in: classes.built,
  type: classes.built,
  attr: classes.attribute,
  attribute: classes.attribute,
  variable: classes.attribute,
  deletion: classes.deletion,
  emphasis: classes.emphasis,
};

function shown(nodes: readonly RootContent[]): ReactNode[] {
  return nodes.map((node, at) => {
    if (node.type === "text") return node.value;
    if (node.type !== "element") return null;
    const names = Array.isArray(node.properties.className) ? node.properties.className : [];
    const kind = names.map((name) => kinds[String(name).replace(/^hljs-/, "")]).find((name) => name !== undefined);
    const inside = shown(node.children);
    return kind === undefined ? inside : <span key={at} className={kind} children={inside} />;
  });
}

/** The text in colours; null as long as there are none: unknown language, too long, not loaded yet. */
export function useColoured(text: string, language: string | null): ReactNode {
  const name = language?.toLowerCase() ?? "";
  const colours = useColours(name !== "" && name !== "text" && text.length <= LIMIT);
  return useMemo(
    () => (colours?.registered(name) ? shown(colours.highlight(name, text).children) : null),
    [colours, name, text],
  );
}
