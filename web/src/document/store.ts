// A document that follows its session: events are folded as they come, what watches is told once a frame.
import { apply, draftOf, isOver, type Draft, type DraftBlock, type DraftInput, type Told } from "./apply";
import { oncePerFrame, type Scheduler } from "./frame";
import type { Block, DocumentSource, Head, Input, Topic } from "./model";
import type * as wire from "./wire";

const NONE: readonly string[] = [];

/** The document of a session, kept up to date by its events.
 *
 * What it gives out never changes and is replaced at most once a frame, however many events come.
 */
export class DocumentStore implements DocumentSource {
  readonly #schedule: Scheduler;
  readonly #listeners = new Map<Topic, Set<() => void>>();
  #draft: Draft = draftOf();
  #pending: (() => void) | null = null;

  #head: Head = headOf(this.#draft);
  #open = NONE;
  readonly #blocks = new Map<string, Block>();
  readonly #inputs = new Map<string, Input>();
  readonly #children = new Map<string, readonly string[]>();

  readonly #changed = { blocks: new Set<string>(), inputs: new Set<string>(), parents: new Set<string>(), head: false };
  readonly #changes = {
    block: (id: string) => void this.#changed.blocks.add(id),
    children: (parent: string | null) => void this.#changed.parents.add(parent ?? ""),
    input: (id: string) => void this.#changed.inputs.add(id),
    head: () => void (this.#changed.head = true),
  };

  constructor(schedule: Scheduler = oncePerFrame()) {
    this.#schedule = schedule;
  }

  /** Begin with a document, or begin anew with it; it is there at once. */
  load(document: wire.Document): void {
    const { blocks, inputs } = this.#draft;
    this.#draft = draftOf(document);
    for (const held of [blocks, this.#draft.blocks])
      for (const [id, { parent }] of held) {
        this.#changes.block(id);
        this.#changes.children(parent);
      }
    for (const held of [inputs, this.#draft.inputs]) for (const id of held.keys()) this.#changes.input(id);
    this.#changes.head();
    this.flush();
  }

  /** Fold an event, or a document that takes the place of all before. What is known already changes nothing. */
  apply(kind: string, event: Told): void {
    if (kind === "document.snapshot") return this.load(event as wire.Document);
    if (typeof event.seq !== "number" || event.seq <= this.#draft.seq || kind === "stream.trimmed") return;
    apply(this.#draft, event, this.#changes);
    this.#pending ??= this.#schedule(() => this.flush());
  }

  /** Show now what has come so far. */
  flush(): void {
    this.#pending?.();
    this.#pending = null;
    for (const topic of this.#publish()) for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener();
  }

  head(): Head {
    return this.#head;
  }

  block(id: string): Block | undefined {
    return this.#blocks.get(id);
  }

  input(id: string): Input | undefined {
    return this.#inputs.get(id);
  }

  children(parent: string | null): readonly string[] {
    return this.#children.get(parent ?? "") ?? NONE;
  }

  open(): readonly string[] {
    return this.#open;
  }

  watch(topic: Topic, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  /** Make what was changed into what is given out; gives the topics of it that are watched. */
  #publish(): Topic[] {
    const { blocks, inputs, parents, head } = this.#changed;
    const topics: Topic[] = [];
    const tell = (topic: Topic) => void (this.#listeners.has(topic) && topics.push(topic));
    for (const parent of parents) tell(`children:${parent}`);
    this.#arrange(parents);
    for (const id of blocks) {
      replace(this.#blocks, id, this.#draft.blocks.get(id), blockOf);
      tell(`block:${id}`);
    }
    for (const id of inputs) {
      replace(this.#inputs, id, this.#draft.inputs.get(id), inputOf);
      tell(`input:${id}`);
    }
    if (inputs.size > 0 && this.#findOpen()) tell("open");
    if (head) tell("head");
    if (head || this.#head.seq !== this.#draft.seq) this.#head = headOf(this.#draft);
    tell("any");
    for (const told of [blocks, inputs, parents]) told.clear();
    this.#changed.head = false;
    return topics;
  }

  /** Make anew the lists of children that changed. */
  #arrange(parents: ReadonlySet<string>): void {
    if (parents.size === 0) return;
    const lists = new Map<string, string[]>([...parents].map((parent) => [parent, []]));
    for (const [id, { parent }] of this.#draft.blocks) lists.get(parent ?? "")?.push(id);
    for (const [parent, ids] of lists) {
      if (ids.length > 0) this.#children.set(parent, ids);
      else this.#children.delete(parent);
    }
  }

  #findOpen(): boolean {
    const open = [...this.#draft.inputs].filter(([, input]) => input.state === "open");
    const ids = open.sort(([, a], [, b]) => a.seq - b.seq).map(([id]) => id);
    if (ids.length === this.#open.length && ids.every((id, at) => id === this.#open[at])) return false;
    this.#open = ids;
    return true;
  }
}

function replace<From, To>(
  given: Map<string, To>,
  id: string,
  from: From | undefined,
  make: (id: string, from: From) => To,
) {
  if (from === undefined) given.delete(id);
  else given.set(id, make(id, from));
}

function blockOf(id: string, { kind, parent, props, closed }: DraftBlock): Block {
  const rows: unknown = props.rows;
  return {
    id,
    kind,
    parent,
    closed,
    props: Array.isArray(rows) ? { ...props, rows: [...(rows as unknown[])] } : { ...props },
  };
}

function inputOf(id: string, input: DraftInput): Input {
  const { asked_at: askedAt, ...rest } = input;
  return { ...rest, id, askedAt };
}

function headOf(draft: Draft): Head {
  const { seq, state, app, title, args, code, by, result } = draft;
  return {
    seq,
    state,
    over: isOver(state),
    app,
    title,
    args,
    code,
    by,
    branchedFrom: draft.branched_from,
    waitingInput: draft.waiting_input,
    createdAt: draft.created_at,
    updatedAt: draft.updated_at,
    result,
    failure:
      draft.failure_code === null
        ? null
        : { code: draft.failure_code, message: draft.failure_message ?? "", error: draft.failure_error },
    ended:
      state === "cancelled" || state === "expired" ? { by: draft.ended_by, reason: draft.ended_reason ?? "" } : null,
  };
}
