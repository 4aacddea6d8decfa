// A text that still grows ends anywhere: half a mark must not show as itself and then turn into something else.

const MARKER = /\n[ \t]*(?:[-=+*>]+|\d{1,9}[.)]?|#{1,6}|[`~]{1,2}|\$\$?)[ \t]*$/;
const HALF_LINK = /!?\[[^\][\n]*(?:\]\([^()\n]*)?$/;
const HALF_ROW = /(?:^|\n)[ \t]*\|[^\n]*(?:\n[ \t|:-]*)?$/;

/** Where the last paragraph of a text begins. */
const paragraph = (text: string): number => text.lastIndexOf("\n\n") + 1;

/** What of a line still has to be closed, outside of code: `**`, `_`, `~~` and so on, the last opened first. */
function unclosed(text: string): string {
  const open: string[] = [];
  for (const { 0: mark, index } of text.matchAll(/\\.|`+|\*{1,3}|_{1,3}|~~/g)) {
    if (mark.startsWith("\\")) continue;
    const code = open.at(-1)?.startsWith("`") ? open.at(-1) : undefined;
    if (code !== undefined && code !== mark) continue;
    const [before, after] = [text[index - 1] ?? " ", text[index + mark.length] ?? " "];
    if (open.at(-1) === mark && (mark.startsWith("`") || /\S/.test(before))) open.pop();
    else if (mark.startsWith("`") || (/\S/.test(after) && !(mark.startsWith("_") && /\w/.test(before))))
      open.push(mark);
  }
  return open.reverse().join("");
}

/** The text without what is begun and not finished, or with what finishes it. */
export function mend(text: string): string {
  const maths = text.match(/^ {0,3}\$\$/gm)?.length ?? 0;
  if (maths % 2 === 1) return text.slice(0, Math.max(0, text.lastIndexOf("$$")));
  let shown = `\n${text}`.replace(MARKER, "\n").slice(1);
  const begin = paragraph(shown);
  const row = HALF_ROW.exec(shown.slice(begin));
  if (row !== null && !finishedHead(shown.slice(begin))) return shown.slice(0, begin + row.index);
  const link = HALF_LINK.exec(shown);
  if (link !== null && link.index >= begin && !/^\[[ xX]?$/.test(link[0])) {
    const words = /^\[([^\]]*)\]\(/.exec(link[0])?.[1];
    shown = shown.slice(0, link.index) + (words ?? (link[0].startsWith("!") ? "" : link[0].slice(1)));
  }
  shown = shown.replace(/[*_~`]+$/, "");
  const closing = unclosed(shown.slice(begin));
  return closing ? shown.trimEnd() + closing : shown;
}

/** Whether the table that stands at the end has its head: two lines with as many cells. */
function finishedHead(text: string): boolean {
  const lines = text.split("\n").filter((line) => line.trimStart().startsWith("|"));
  const cells = (line = "") =>
    line
      .replaceAll("\\|", "")
      .split("|")
      .filter((cell) => cell.trim()).length;
  return lines.length > 2 || (lines.length === 2 && /-/.test(lines[1] ?? "") && cells(lines[1]) === cells(lines[0]));
}
