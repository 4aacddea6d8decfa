// Stories: documents that are written down, one for each state of a kind of block or question.
import type { Block, BlockKind, Blocks, DocumentSource, Head, Input, InputKind, Inputs } from "../../document/model";

/** One block of a story, with what it holds. */
export interface Told<Kind extends BlockKind = BlockKind> {
  kind: Kind;
  props: Blocks[Kind];
  closed: boolean;
  inside: readonly (Told | Question)[];
}

/** One question of a story. */
export interface Question {
  kind: "question";
  asks: InputKind;
  label: string;
  spec: Record<string, unknown>;
  also: Partial<Input>;
  /** What is said of the answer that stands in the control. */
  errors: Record<string, string> | null;
  draft: unknown;
}

/** A state of a kind. */
export interface Story {
  title: string;
  blocks: readonly (Told | Question)[];
  /** Shown to somebody who may not answer. */
  watched?: boolean;
}

/** All states of one kind; `id` is its anchor. */
export interface Chapter {
  id: string;
  stories: readonly Story[];
}

/** A block that is whole. */
export function tell<Kind extends BlockKind>(
  kind: Kind,
  props: Blocks[Kind],
  inside: readonly (Told | Question)[] = [],
): Told<Kind> {
  return { kind, props, inside, closed: true };
}

/** A block to which more may come. */
export function telling<Kind extends BlockKind>(
  kind: Kind,
  props: Blocks[Kind],
  inside: readonly (Told | Question)[] = [],
): Told<Kind> {
  return { kind, props, inside, closed: false };
}

/** A question; open unless `also` says more. */
export function ask<Kind extends InputKind>(
  asks: Kind,
  label: string,
  spec: Inputs[Kind],
  also: Partial<Input> & Partial<Pick<Question, "errors" | "draft">> = {},
): Question {
  const { errors = null, draft, ...rest } = also;
  return { kind: "question", asks, label, spec: { ...spec }, also: rest, errors, draft };
}

export const ADA = { id: "u_ada", name: "Ada Lovelace", role: "member" };

const AT = "2026-03-02T09:30:00Z";

const head: Head = {
  seq: 0,
  state: "running",
  over: false,
  app: "gallery",
  title: "",
  args: {},
  code: "",
  by: null,
  branchedFrom: null,
  waitingInput: null,
  createdAt: null,
  updatedAt: null,
  result: null,
  failure: null,
  ended: null,
};

/** A question as it stands in a document, and the story that it is of. */
export interface Asked {
  input: Input;
  question: Question;
}

/** The document of a story. Nothing in it changes. */
export class StorySource implements DocumentSource {
  private readonly blocks = new Map<string, Block>();
  private readonly inputs = new Map<string, Input>();
  private readonly below = new Map<string | null, string[]>();
  /** The questions with the stories that they are of. */
  readonly asked: Asked[] = [];

  constructor(
    private readonly name: string,
    story: Story,
  ) {
    for (const told of story.blocks) this.add(told, null);
  }

  private add(told: Told | Question, parent: string | null): void {
    const id = `${this.name}-${String(this.blocks.size)}`;
    this.below.set(parent, [...this.children(parent), id]);
    if (told.kind === "question") {
      const input = this.question(told, id);
      this.blocks.set(id, { id, kind: "input", parent, props: { input: input.id }, closed: input.state !== "open" });
      return;
    }
    this.blocks.set(id, { id, kind: told.kind, parent, props: { ...told.props }, closed: told.closed });
    for (const inside of told.inside) this.add(inside, id);
  }

  private question(question: Question, block: string): Input {
    const answered = question.also.state === "submitted" ? { by: ADA, at: AT } : { by: null, at: null };
    const input: Input = {
      id: `i-${block}`,
      block,
      kind: question.asks,
      label: question.label,
      spec: question.spec,
      audience: null,
      state: "open",
      value: null,
      secret: false,
      askedAt: AT,
      seq: 1,
      ...answered,
      ...question.also,
    };
    this.inputs.set(input.id, input);
    this.asked.push({ input, question });
    return input;
  }

  head = (): Head => head;
  block = (id: string): Block | undefined => this.blocks.get(id);
  input = (id: string): Input | undefined => this.inputs.get(id);
  children = (parent: string | null): readonly string[] => this.below.get(parent) ?? NONE;
  open = (): readonly string[] => NONE;
  watch = () => () => undefined;
}

const NONE: readonly string[] = [];
