import { Button } from "@mantine/core";
import { useDeferredValue, useMemo } from "react";
import { words } from "../texts/blocks";
import classes from "./CodeBox.module.css";
import { CopyText } from "./CopyText";
import { foldedOf, piecesOf } from "./folding";
import { useColoured } from "./highlight";
import { useKept } from "./kept";
import { useScrolls } from "./useScrolls";

/** A text in colours when it has some; else in pieces, of which only those in sight are laid out. */
function Text({ text, language }: { text: string; language: string | null }) {
  const later = useDeferredValue(text);
  const coloured = useColoured(later, language);
  const pieces = useMemo(() => piecesOf(text), [text]);
  if (later === text && coloured !== null) return coloured;
  return pieces.length < 2
    ? text
    : pieces.map((piece, at) => <span key={at} className={classes.piece} children={piece} />);
}

/** Program text: coloured when its colours are known, with its language and a button that copies it. Long ones fold. */
export function CodeBox({ text, language }: { text: string; language: string | null }) {
  const [box, scrolling] = useScrolls<HTMLPreElement>();
  const folded = useMemo(() => foldedOf(text), [text]);
  const begins = text.slice(0, folded?.cut);
  const [all, showAll] = useKept(`code:${begins}`, false);
  const label = language ? words.codeIn(language) : words.code;
  return (
    <figure className={classes.box} aria-label={label} dir="ltr">
      <div className={classes.head}>
        {language && <span className={classes.language}>{language}</span>}
        <CopyText text={text} />
      </div>
      <pre ref={box} className={classes.text} data-sideways data-all={all || undefined} {...scrolling}>
        <code>
          <Text text={all ? text : begins} language={language} />
          {folded !== null && !all && <span className={classes.rest}>{text.slice(folded.cut)}</span>}
        </code>
      </pre>
      {folded !== null && (
        <Button
          className={classes.more}
          variant="subtle"
          color="gray"
          size="sm"
          radius={0}
          fullWidth
          aria-expanded={all}
          onClick={() => showAll(!all)}
        >
          {all ? words.folding.less : words.folding.all(folded.lines, text.length)}
        </Button>
      )}
    </figure>
  );
}
