// Cuts Markdown into parts that stand on their own, so that a text that grows is read again only at its end.

const TEXT_LIMIT = 8_000;
const TABLE_LIMIT = 16_000;
const FENCE_LIMIT = 200_000;
/** A shorter text is one group. */
export const GROUP_SIZE = 8_000;

const BLANK = /^[ \t]*$/;
const ITEM = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
const FENCE = /^( *)(`{3,}|~{3,})([^\n]*)$/;
const MATHS = /^ {0,3}(\${2,})[^$]*$/;
const RULE = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const DEFINITION = /^ {0,3}\[([^\][\n]{1,200})\]:[ \t]*\S[^\n]*$/gm;
const USE = /\[([^\][\n]{1,200})\]/g;
const HTML: readonly (readonly [RegExp, RegExp])[] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
];

/** One part: what stands in `text` between two places, led by `lead` where a long thing had to be cut. */
interface Cut {
  start: number;
  end: number;
  text: string;
  /** What the next part begins with: the fence or the head of the table that was cut. */
  carry: string;
  definitions: readonly string[];
}

/** Some parts that are shown together; the same object is the same content. */
export interface Group {
  readonly parts: readonly string[];
}

/** What a line may stand inside of, and what ends it. */
interface Inside {
  ends: (line: string) => boolean;
  carry: string;
  top: boolean;
}

function fence(line: string): Inside | null {
  const found = FENCE.exec(line);
  const [indent, mark] = [found?.[1] ?? "", found?.[2] ?? ""];
  if (!mark || (mark.startsWith("`") && found?.[3]?.includes("`"))) return null;
  const closing = new RegExp(`^ *${mark[0] ?? ""}{${String(mark.length)},}[ \\t]*$`);
  return { ends: (other) => closing.test(other), carry: `${line.trim()}\n`, top: indent.length < 2 };
}

function opened(line: string, list: boolean): Inside | null {
  const code = fence(line);
  // Four spaces make it plain indented code, except in a list.
  if (code !== null && (list || /^ {0,3}\S/.test(line))) return code;
  const maths = MATHS.exec(line)?.[1];
  if (maths !== undefined) return { ends: (other) => /^ {0,3}\${2,}[ \t]*$/.test(other), carry: "$$\n", top: false };
  const html = HTML.find(([begins]) => begins.test(line));
  if (html === undefined || html[1].test(line.trimStart().slice(2))) return null;
  return { ends: (other) => html[1].test(other), carry: "", top: false };
}

/** Where a long part is cut: at the end of a line, else at white space, else between two characters. */
function hard(text: string, start: number, limit: number): number {
  const [least, most] = [start + limit / 2, start + limit];
  const line = text.lastIndexOf("\n", most - 1);
  if (line >= least) return line + 1;
  const space = Math.max(text.lastIndexOf(" ", most - 1), text.lastIndexOf("\t", most - 1));
  if (space >= least) return space + 1;
  const code = text.charCodeAt(most - 1);
  return code >= 0xd800 && code < 0xdc00 ? most - 1 : most;
}

/** Reads one part; `carry` is what was cut open before it. */
class Reader {
  private inside: Inside | null;
  private list = false;
  private begun = false;
  private blank = false;
  private table = "";
  private before = "";

  constructor(
    private readonly text: string,
    private readonly start: number,
    carry: string,
  ) {
    const first = carry.split("\n")[0] ?? "";
    this.inside = carry ? opened(first, false) : null;
    if (carry && this.inside === null) this.table = carry;
  }

  read(): { end: number; carry: string } {
    const { text, start } = this;
    let at = start;
    while (at < text.length) {
      const found = text.indexOf("\n", at);
      const next = found < 0 ? text.length : found + 1;
      const end = this.line(text.slice(at, found < 0 ? next : found), at, next);
      if (end !== null) return { end, carry: "" };
      const limit = this.inside?.top ? FENCE_LIMIT : this.table ? TABLE_LIMIT : TEXT_LIMIT;
      if (next - start > limit) return { end: hard(text, start, limit), carry: this.inside?.carry ?? this.table };
      at = next;
    }
    return { end: text.length, carry: "" };
  }

  /** Where the part ends if this line ends it. */
  private line(line: string, at: number, next: number): number | null {
    if (this.inside !== null) {
      if (!this.inside.ends(line)) return null;
      const { top } = this.inside;
      this.inside = null;
      this.begun = true;
      return top ? next : null;
    }
    if (BLANK.test(line)) {
      this.blank = this.begun;
      return null;
    }
    const item = ITEM.test(line);
    if (this.begun && this.blank && !this.goesOn(line, item)) return at;
    if (this.list && item && /^\S/.test(line) && at - this.start > TEXT_LIMIT / 2) return at;
    if (!this.begun) this.list = item;
    const inside = opened(line, this.list);
    if (inside?.top && this.begun) return at;
    this.inside = inside;
    if (RULE.test(line) && line.includes("|") && this.before.includes("|")) this.table = `${this.before}\n${line}\n`;
    this.begun = true;
    this.blank = false;
    this.before = line;
    return null;
  }

  /** Whether a line after an empty one still belongs to what stands before it. */
  private goesOn(line: string, item: boolean): boolean {
    if (/^(?: {4}|\t)/.test(line)) return true;
    return this.list && (item || /^ {2}/.test(line));
  }
}

// An engine keeps the whole text alive for each piece that is sliced off it; a piece of its own does not.
const own = (text: string): string => ` ${text}`.slice(1);

const labelled = (label: string): string => label.trim().replace(/\s+/g, " ").toLowerCase();

/** Cuts a text that grows at its end; what is finished is not cut again. */
export class Cutter {
  private text = "";
  private cuts: Cut[] = [];
  private groups: Group[] = [];
  private defined = "";

  /** The parts of a text, in groups. */
  cut(text: string): readonly Group[] {
    if (text === this.text) return this.groups;
    // What the last line turns out to be may still join the last two parts.
    const kept = text.startsWith(this.text) ? Math.max(0, this.cuts.length - 2) : 0;
    this.cuts.length = kept;
    this.text = text;
    let last = this.cuts[kept - 1];
    let start = last?.end ?? 0;
    while (start < text.length) {
      const lead = last?.carry ?? "";
      const { end, carry } = new Reader(text, start, lead).read();
      const piece = own(lead + text.slice(start, end));
      last = {
        start,
        end,
        text: piece,
        carry,
        definitions: piece.includes("]:") ? (piece.match(DEFINITION) ?? []) : [],
      };
      this.cuts.push(last);
      start = end;
    }
    this.gather(kept);
    return this.groups;
  }

  /** Put the parts from `kept` on into groups; all of them where what their links mean has changed. */
  private gather(kept: number): void {
    const definitions = this.cuts.flatMap((cut) => cut.definitions);
    const defined = definitions.join("\n");
    const changed = defined !== this.defined;
    this.defined = defined;
    const meant = new Map(definitions.map((line) => [labelled(/\[([^\]]*)\]/.exec(line)?.[1] ?? ""), line]));
    const groups: Group[] = [];
    let [at, size, parts]: [number, number, string[]] = [0, 0, []];
    for (const group of changed ? [] : this.groups) {
      if (at + group.parts.length > kept || group === this.groups.at(-1)) break;
      groups.push(group);
      at += group.parts.length;
    }
    for (const cut of this.cuts.slice(at)) {
      parts.push(meant.size ? withMeaning(cut, meant) : cut.text);
      size += cut.text.length;
      if (size < GROUP_SIZE) continue;
      groups.push({ parts });
      [size, parts] = [0, []];
    }
    if (parts.length) groups.push({ parts });
    this.groups = groups;
  }
}

/** The part with the definitions of links and footnotes that stand in other parts. */
function withMeaning(cut: Cut, meant: ReadonlyMap<string, string>): string {
  if (fence(cut.text.split("\n", 1)[0] ?? "") !== null) return cut.text;
  const needed = new Set<string>();
  for (const [, label = ""] of cut.text.matchAll(USE)) {
    const line = meant.get(labelled(label));
    if (line !== undefined && !cut.definitions.includes(line)) needed.add(line);
  }
  return needed.size ? `${cut.text}\n\n${[...needed].join("\n\n")}` : cut.text;
}

/** The parts of a text, each of which is Markdown of its own. */
export function parts(text: string): string[] {
  return new Cutter().cut(text).flatMap((group) => [...group.parts]);
}

/** A part that is one block of code; null for all others. */
export function codeOf(part: string): { language: string | null; text: string } | null {
  const [first = ""] = part.split("\n", 1);
  const begins = /^ ?(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n`]*$/.exec(first);
  const inside = begins === null ? null : fence(first);
  if (begins === null || inside === null) return null;
  const lines = part
    .slice(first.length + 1)
    .trimEnd()
    .split("\n");
  if (inside.ends(lines.at(-1) ?? "")) lines.pop();
  return { language: begins[2] || null, text: lines.join("\n") };
}
