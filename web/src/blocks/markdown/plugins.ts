// What is done to a tree of Markdown before it is shown.
import type { Root as HastRoot } from "hast";
import type { Nodes, Parents, Root } from "mdast";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm as gfmSyntax } from "micromark-extension-gfm";
import { defaultSchema, type Options as Schema } from "rehype-sanitize";
import type {} from "mdast-util-math";
import type {} from "remark-parse";
import type { Processor } from "unified";

const PHRASING = new Set([
  "paragraph",
  "heading",
  "emphasis",
  "strong",
  "delete",
  "link",
  "linkReference",
  "tableCell",
]);

/** Tables, lists of tasks, footnotes, struck words and bare addresses are read too. */
export function gfm(this: Processor): void {
  const data = this.data();
  (data.micromarkExtensions ??= []).push(gfmSyntax());
  (data.fromMarkdownExtensions ??= []).push(gfmFromMarkdown());
}

function each(node: Nodes, visit: (node: Nodes, parent: Parents, at: number) => void): void {
  if (!("children" in node)) return;
  node.children.forEach((child, at) => {
    visit(child, node, at);
    each(child, visit);
  });
}

function put(parent: Parents, at: number, node: Nodes): void {
  const children: Nodes[] = parent.children;
  children[at] = node;
}

/** HTML is shown as the text that it is; only a line break is one. */
export function htmlAsText() {
  return (tree: Root): void =>
    each(tree, (node, parent, at) => {
      if (node.type !== "html") return;
      const text = { type: "text" as const, value: node.value };
      if (/^<br *\/?>$/i.test(node.value)) put(parent, at, { type: "break" });
      else put(parent, at, PHRASING.has(parent.type) ? text : { type: "paragraph", children: [text] });
    });
}

/** Prices are no formulas: a `$` that stands beside white space, or before a digit at the end, is a sign of money. */
export function moneyAsText() {
  return (tree: Root, file: { value: unknown }): void =>
    each(tree, (node, parent, at) => {
      const [begin, end] = [node.position?.start.offset, node.position?.end.offset];
      if (node.type !== "inlineMath" || begin === undefined || end === undefined) return;
      const source = String(file.value).slice(begin, end + 1);
      if (source.startsWith("$$") || !/^\$\s|\s\$.?$|\$\d$/s.test(source)) return;
      put(parent, at, { type: "text", value: String(file.value).slice(begin, end) });
    });
}

/** Headings stand below those of the page. */
export function lowered(by: number) {
  return () =>
    (tree: HastRoot): void => {
      for (const node of tree.children) {
        const level = node.type === "element" ? /^h([1-6])$/.exec(node.tagName)?.[1] : undefined;
        if (node.type !== "element" || level === undefined) continue;
        node.properties.dataLevel = level;
        node.tagName = `h${String(Math.min(6, Number(level) + by))}`;
      }
    };
}

/** What may be in a text of an app. Addresses are looked at once more when they are shown. */
export const schema: Schema = {
  ...defaultSchema,
  clobberPrefix: "", // ids are made of the block's own prefix, and an app can set none
  attributes: {
    ...defaultSchema.attributes,
    code: [["className", /^language-./, "math-inline", "math-display"]],
    "*": [...(defaultSchema.attributes?.["*"] ?? []), "dataLevel"],
  },
  protocols: { ...defaultSchema.protocols, href: ["http", "https", "mailto"], src: ["data", "http", "https"] },
};
