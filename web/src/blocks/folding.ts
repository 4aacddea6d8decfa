// Long program texts: how they begin, and what they are cut into.

const LINES = 60;
const SLACK = 20; // so few more are shown with the others
const CHARACTERS = 20_000;
const PIECE = 200;

/** Where a text that is too long to be shown whole is cut, and how many lines it has. */
export interface Folded {
  cut: number;
  lines: number;
}

/** How a text is folded; null where it is short enough to be shown. */
export function foldedOf(text: string): Folded | null {
  let lines = 0;
  let cut = text.length;
  for (let at = 0; at < text.length; lines += 1) {
    const end = text.indexOf("\n", at);
    at = end < 0 ? text.length : end + 1;
    if (lines === LINES - 1) cut = at;
  }
  if (lines <= LINES + SLACK && text.length <= 2 * CHARACTERS) return null;
  return { cut: Math.min(cut, CHARACTERS), lines };
}

/** A text in pieces of so many lines that each can be laid out at once; together they are the text. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let [from, lines] = [0, 0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    lines += 1;
    if (lines % PIECE > 0) continue;
    pieces.push(text.slice(from, end + 1));
    from = end + 1;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}
