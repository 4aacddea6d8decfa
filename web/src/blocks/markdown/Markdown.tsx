import { memo, startTransition, useEffect, useId, useMemo, useState } from "react";
import { codeOf, Cutter, type Group } from "./parts";
import { CodeBox } from "../CodeBox";
import { mend } from "./mend";
import classes from "./Markdown.module.css";
import { Prose } from "./Prose";

const AT_ONCE = 3;

interface PartProps {
  text: string;
  prefix: string;
  grows: boolean;
}

const Part = memo(function Part({ text, prefix, grows }: PartProps) {
  const code = codeOf(text);
  if (code !== null) return <CodeBox text={code.text} language={code.language} />;
  return <Prose text={grows ? mend(text) : text} prefix={prefix} />;
});

interface PiecesProps {
  group: Group;
  prefix: string;
  grows: boolean;
}

const Pieces = memo(function Pieces({ group, prefix, grows }: PiecesProps) {
  return group.parts.map((text, at) => (
    <Part key={at} text={text} prefix={`${prefix}${String(at)}-`} grows={grows && at === group.parts.length - 1} />
  ));
});

/** Some parts of a long text alone, where each group is a row of its own. `prefix`: other than that of all other groups. */
export function MarkdownGroup(props: PiecesProps) {
  return (
    <div className={classes.markdown}>
      <Pieces {...props} />
    </div>
  );
}

/** Whether a group of a long text still waits: they are rendered one by one while nothing else is to be done.
 *
 * The begin and the end are there at once: the end is where a text grows and where people are.
 */
function useWaiting(count: number): (at: number) => boolean {
  const [seen, setSeen] = useState({ count: 0, from: 0, to: 0 });
  if (count !== seen.count) {
    const jumped = count > seen.count + AT_ONCE;
    setSeen(jumped ? { count, from: Math.max(1, seen.count), to: count - AT_ONCE } : { ...seen, count });
  }
  const { from, to } = seen;
  useEffect(() => {
    if (to <= from) return;
    const timer = setTimeout(() => startTransition(() => setSeen((now) => ({ ...now, to: now.to - 1 }))), 30);
    return () => clearTimeout(timer);
  }, [from, to]);
  return (at) => at >= from && at < to;
}

interface Props {
  text: string;
  /** Whether nothing more comes; half a mark at the end of a text that grows is not shown. */
  done?: boolean;
  quiet?: boolean;
}

/** Markdown from an app. HTML in it is text, links lead to the web and nowhere else. */
export function Markdown({ text, done = true, quiet = false }: Props) {
  const id = useId();
  const [cutter] = useState(() => new Cutter());
  const groups = useMemo(() => cutter.cut(text), [cutter, text]);
  const waiting = useWaiting(groups.length);
  return (
    <div className={classes.markdown} data-quiet={quiet || undefined} data-long={groups.length > AT_ONCE || undefined}>
      {groups.map((group, at) => {
        const waits = waiting(at);
        const height = waits ? { blockSize: `${String(Math.ceil(size(group) / 60))}rem` } : undefined;
        return (
          <div key={at} className={classes.group} style={height} aria-busy={waits || undefined}>
            {!waits && (
              <Pieces group={group} prefix={`${id}${String(at)}-`} grows={!done && at === groups.length - 1} />
            )}
          </div>
        );
      })}
    </div>
  );
}

const size = (group: Group): number => group.parts.reduce((sum, part) => sum + part.length, 0);
