import { memo } from "react";
import { later } from "../later";
import classes from "./Markdown.module.css";
import { paragraphs } from "./plain";

const useRich = later(async () => (await import("./Rich")).Rich);

/** One piece of Markdown; the text as it is until what reads Markdown is there. `prefix`: of the ids in it. */
export const Prose = memo(function Prose({ text, prefix }: { text: string; prefix: string }) {
  const plain = paragraphs(text);
  const Rich = useRich(plain === null);
  return (
    <div dir="auto" className={classes.part}>
      {plain?.map((one, at) => <p key={at}>{one}</p>) ??
        (Rich === null ? <p className={classes.raw}>{text}</p> : <Rich text={text} prefix={prefix} />)}
    </div>
  );
});
