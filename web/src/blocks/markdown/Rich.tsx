import { Anchor } from "@mantine/core";
import { IconPhoto, IconSquare, IconSquareCheck } from "@tabler/icons-react";
import { use } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import { words } from "../../texts/blocks";
import { CodeBox } from "../CodeBox";
import { Depth } from "../depth";
import { later } from "../later";
import { useScrolls } from "../useScrolls";
import { safeLink, safePicture } from "./addresses";
import classes from "./Markdown.module.css";
import { gfm, htmlAsText, lowered, moneyAsText, schema } from "./plugins";

const MATHS = /\$\$|\$[^\s$][^$\n]*\$/;

const useMaths = later(async () => {
  const [remark, rehype] = await Promise.all([
    import("remark-math"),
    import("rehype-katex"),
    import("katex/dist/katex.min.css"),
  ]);
  return { remark: remark.default, rehype: rehype.default };
});

const formulas = { trust: false, strict: "ignore" as const, maxSize: 20, maxExpand: 500, errorColor: "inherit" };

const Wide: Components["table"] = function Wide({ children }) {
  const [box, scrolling] = useScrolls<HTMLDivElement>();
  return (
    <div ref={box} className={classes.wide} data-sideways role="region" aria-label={words.tableRegion} {...scrolling}>
      <table>{children}</table>
    </div>
  );
};

const components: Components = {
  a({ children, href = "", node, ...rest }) {
    if (href.startsWith("#")) {
      const back = node?.properties.dataFootnoteBackref !== undefined;
      return (
        <Anchor href={href} id={rest.id} inherit aria-label={back ? words.backToText : undefined} children={children} />
      );
    }
    const address = safeLink(href);
    if (address === null) return <span className={classes.dead}>{children}</span>;
    return (
      <Anchor href={address} target="_blank" rel="noopener noreferrer" inherit underline="always" children={children} />
    );
  },
  img({ src, alt = "" }) {
    const address = typeof src === "string" ? src : "";
    const own = safePicture(address);
    if (own !== null) return <img src={own} alt={alt} loading="lazy" />;
    const link = safeLink(address);
    const name = alt || words.picture;
    const shown = [<IconPhoto key="icon" size={16} aria-hidden />, name];
    if (link === null) return <span className={classes.dead}>{shown}</span>;
    return (
      <Anchor
        href={link}
        target="_blank"
        rel="noopener noreferrer"
        inherit
        aria-label={words.showPicture(name)}
        children={shown}
      />
    );
  },
  pre({ node }) {
    const inside = node?.children[0];
    if (inside?.type !== "element") return null;
    const names = Array.isArray(inside.properties.className) ? inside.properties.className.map(String) : [];
    const language = names.find((name) => name.startsWith("language-"))?.slice("language-".length) ?? null;
    const text = inside.children.map((child) => (child.type === "text" ? child.value : "")).join("");
    return <CodeBox text={text.replace(/\n$/, "")} language={language} />;
  },
  table: Wide,
  input({ checked }) {
    const label = checked ? words.done : words.toDo;
    const Icon = checked ? IconSquareCheck : IconSquare;
    return <Icon size={17} role="img" aria-label={label} className={classes.check} />;
  },
};

// Only what leads away is looked at here; links to footnotes are of this page.
const address = (url: string, key: string): string =>
  key === "href" ? (url.startsWith("#") ? url : (safeLink(url) ?? "")) : (safePicture(url) ?? safeLink(url) ?? "");

/** What a piece of Markdown is. `prefix`: of the ids in it. */
export function Rich({ text, prefix }: { text: string; prefix: string }) {
  const depth = use(Depth);
  const maths = useMaths(MATHS.test(text));
  return (
    <ReactMarkdown
      remarkPlugins={maths === null ? [gfm, htmlAsText] : [gfm, maths.remark, htmlAsText, moneyAsText]}
      rehypePlugins={[
        lowered(depth),
        [rehypeSanitize, schema],
        ...(maths === null ? [] : [[maths.rehype, formulas] as [typeof maths.rehype, typeof formulas]]),
      ]}
      remarkRehypeOptions={{
        clobberPrefix: prefix,
        footnoteLabel: words.footnotes,
        footnoteLabelTagName: `h${String(Math.min(6, depth + 2))}`,
      }}
      components={components}
      urlTransform={address}
    >
      {text}
    </ReactMarkdown>
  );
}
