import { useDeferredValue } from "react";
import { words } from "../texts/blocks";
import classes from "./CodeBox.module.css";
import { CopyText } from "./CopyText";
import { useHighlighted } from "./highlight";
import { useScrolls } from "./useScrolls";

/** Program text: coloured when its colours are known, with its language and a button that copies it. */
export function CodeBox({ text, language }: { text: string; language: string | null }) {
  const [box, scrolling] = useScrolls<HTMLPreElement>();
  const later = useDeferredValue(text);
  const coloured = useHighlighted(later, language);
  const label = language ? words.codeIn(language) : words.code;
  return (
    <figure className={classes.box} aria-label={label} dir="ltr">
      <div className={classes.head}>
        {language && <span className={classes.language}>{language}</span>}
        <CopyText text={text} />
      </div>
      <pre ref={box} className={classes.text} {...scrolling}>
        <code>{later === text && coloured !== null ? coloured : text}</code>
      </pre>
    </figure>
  );
}
