// The document as a list of rows, each of which can be rendered without the others.
import type { Block, DocumentSource } from "../document/model";
import { Cutter, GROUP_SIZE, type Group } from "./markdown/parts";

/** A piece of the document: a whole block, the heading of a section, or a group of the parts of a long text. */
export interface Row {
  readonly key: string;
  readonly id: string;
  readonly show: "block" | "heading" | "text";
  /** How many sections it stands in. */
  readonly depth: number;
  /** Which group of the text. */
  readonly at: number;
}

interface Text {
  readonly cutter: Cutter;
  block: Block | null;
  groups: readonly Group[];
}

const NONE: readonly Row[] = [];

/** The rows of a document, in reading order. */
export class Rows {
  readonly #source: DocumentSource;
  readonly #texts = new Map<string, Text>();
  #rows: readonly Row[] = NONE;
  #lists = new Map<string | null, readonly string[]>();
  #growing = new Map<string, number>();
  #long = false;

  constructor(source: DocumentSource) {
    this.#source = source;
    this.#lay();
  }

  /** The same array as long as the rows are the same ones. */
  readonly all = (): readonly Row[] => this.#rows;

  /** Whether a text takes several rows. */
  get long(): boolean {
    return this.#long;
  }

  /** Call `listener` when there are other rows; gives what ends that. */
  readonly watch = (listener: () => void): (() => void) => {
    if (this.#isOld()) this.#lay();
    return this.#source.watch("any", () => {
      if (!this.#isOld()) return;
      this.#lay();
      listener();
    });
  };

  /** The groups of a text as it stands. */
  groups(block: Block): readonly Group[] {
    const known = this.#texts.get(block.id) ?? { cutter: new Cutter(), block: null, groups: [] };
    if (known.block !== block) {
      known.block = block;
      known.groups = known.cutter.cut(textOf(block));
      this.#texts.set(block.id, known);
    }
    return known.groups;
  }

  /** What stands in one row of a text. */
  textOf(block: Block, at: number): string {
    return this.#count(block) === 1 ? textOf(block) : (this.groups(block)[at]?.parts ?? []).join("\n\n");
  }

  #isOld(): boolean {
    for (const [id, list] of this.#lists) if (this.#source.children(id) !== list) return true;
    for (const [id, count] of this.#growing) {
      const block = this.#source.block(id);
      if (block === undefined || block.closed || this.#count(block) !== count) return true;
    }
    return false;
  }

  #lay(): void {
    const known = new Map(this.#rows.map((row) => [row.key, row]));
    const rows: Row[] = [];
    const put = (row: Row) => {
      const before = known.get(row.key);
      rows.push(before !== undefined && before.show === row.show && before.depth === row.depth ? before : row);
    };
    this.#lists = new Map();
    this.#growing = new Map();
    this.#long = false;
    const top = this.#childrenOf(null);
    // A stack, not recursion: an app may nest sections as deep as it likes.
    const stack = [{ ids: top, next: 0 }];
    for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
      const block = this.#source.block(level.ids[level.next++] ?? "");
      const depth = stack.length - 1;
      if (level.next > level.ids.length) stack.pop();
      else if (block?.kind === "section") {
        put({ key: block.id, id: block.id, show: "heading", depth, at: 0 });
        stack.push({ ids: this.#childrenOf(block.id), next: 0 });
      } else if (block?.kind === "markdown") this.#layText(block, depth, put);
      else if (block !== undefined) put({ key: block.id, id: block.id, show: "block", depth, at: 0 });
    }
    this.#rows = rows;
  }

  #layText(block: Block, depth: number, put: (row: Row) => void): void {
    const count = this.#count(block);
    if (count > 1) this.#long = true;
    if (!block.closed) this.#growing.set(block.id, count);
    for (let at = 0; at < count; at += 1)
      put({ key: at === 0 ? block.id : `${block.id} ${String(at)}`, id: block.id, show: "text", depth, at });
  }

  #count(block: Block): number {
    return textOf(block).length < GROUP_SIZE ? 1 : this.groups(block).length;
  }

  #childrenOf(id: string | null): readonly string[] {
    const ids = this.#source.children(id);
    this.#lists.set(id, ids);
    return ids;
  }
}

const textOf = ({ props: { text } }: Block): string => (typeof text === "string" ? text : "");
