// The law by which the events of a session fold into its document: the same as the server's, tested by the same vectors.
import type * as wire from "./wire";

/** One event as it comes, or what claims to be one. */
export type Told = Readonly<Record<string, unknown>>;

/** A block as the fold holds it. It is changed in place. */
export interface DraftBlock {
  kind: string;
  parent: string | null;
  props: Record<string, unknown>;
  closed: boolean;
  streamed: boolean;
}

export type DraftInput = Required<wire.Input>;

type Kept = Omit<wire.Document, "blocks" | "inputs" | "steps" | "timers" | "removed">;

/** A document as the fold holds it, in the words of the wire; reading order is that of `blocks`. It is changed in place. */
export interface Draft extends Required<Kept> {
  blocks: Map<string, DraftBlock>;
  inputs: Map<string, DraftInput>;
}

/** What is told of what an event changed. */
export interface Changes {
  block(id: string): void;
  children(parent: string | null): void;
  input(id: string): void;
  head(): void;
}

const TEXT_KINDS = new Set(["markdown", "code", "thinking"]);
const OVER = new Set(["completed", "failed", "cancelled", "expired"]);
const MOVES_ON = new Set(["block.opened", "block.appended", "step.finished"]);

/** Whether a session in this state has ended. */
export const isOver = (state: string): boolean => OVER.has(state);

/** A document, by default that of no events. */
export function draftOf({ blocks = {}, inputs = {}, ...head }: wire.Document = {}): Draft {
  const draft: Draft = { ...EMPTY, ...kept(head), blocks: new Map(), inputs: new Map() };
  for (const [id, { kind, parent = null, props = {}, closed = false, streamed = false }] of Object.entries(blocks))
    draft.blocks.set(id, { kind, parent, props: own(props), closed, streamed });
  for (const [id, input] of Object.entries(inputs)) draft.inputs.set(id, { ...ASKED, ...input });
  return draft;
}

const EMPTY: Required<Kept> = {
  seq: 0,
  state: "created",
  app: "",
  args: {},
  title: "",
  code: "",
  seed: 0,
  by: null,
  branched_from: null,
  attempt: 0,
  waiting_input: null,
  waiting_timer: null,
  created_at: null,
  updated_at: null,
  result: null,
  failure_code: null,
  failure_message: null,
  failure_error: null,
  ended_by: null,
  ended_reason: null,
};

const ASKED: Omit<DraftInput, "block" | "kind"> = {
  label: "",
  spec: {},
  audience: null,
  state: "open",
  value: null,
  secret: false,
  by: null,
  asked_at: null,
  at: null,
  seq: 0,
};

function kept(head: wire.Document): Partial<Required<Kept>> {
  const known = Object.entries(head).filter(([name]) => Object.hasOwn(EMPTY, name));
  return Object.fromEntries(known);
}

/** Fold one event into the document, in place.
 *
 * What it says of blocks and questions that are not there changes nothing but `seq`; it never throws.
 */
export function apply(draft: Draft, told: Told, changes: Changes): void {
  const kind = String(told.event);
  if (Object.hasOwn(FOLDS, kind)) fold(draft, kind as keyof Folds, told, changes);
  if (draft.state === "waiting" && MOVES_ON.has(kind)) run(draft, changes);
  draft.seq = Number(told.seq);
  draft.updated_at = typeof told.at === "string" ? told.at : null;
}

function fold<Kind extends keyof Folds>(draft: Draft, kind: Kind, told: Told, changes: Changes): void {
  if (is(kind, told)) FOLDS[kind]?.(draft, told, changes);
}

function is<Kind extends keyof Folds>(kind: Kind, told: Told): told is wire.Events[Kind] & Told {
  return told.event === kind;
}

type Folds = {
  [Kind in keyof wire.Events]?: (draft: Draft, event: wire.Events[Kind], changes: Changes) => void;
};

const FOLDS: Folds = {
  "session.created": (draft, event, changes) => {
    draft.app = event.app;
    draft.args = event.args ?? {};
    draft.title = event.title ?? "";
    draft.code = event.code ?? "";
    draft.seed = event.seed ?? 0;
    draft.by = event.by ?? null;
    draft.branched_from = event.branched_from ?? null;
    draft.created_at = event.at;
    changes.head();
  },
  "session.started": began,
  "session.woken": began,
  "session.retitled": (draft, event, changes) => {
    draft.title = event.title;
    changes.head();
  },
  "session.waiting": (draft, event, changes) => wait(draft, "waiting", event, changes),
  "session.hibernated": (draft, event, changes) => wait(draft, "hibernated", event, changes),
  "session.completed": (draft, event, changes) => {
    end(draft, "completed", changes);
    draft.result = event.result ?? null;
  },
  "session.failed": (draft, event, changes) => {
    end(draft, "failed", changes);
    draft.failure_code = event.code;
    draft.failure_message = event.message;
    draft.failure_error = event.error ?? null;
  },
  "session.cancelled": (draft, event, changes) => {
    end(draft, "cancelled", changes);
    draft.ended_by = event.by ?? null;
    draft.ended_reason = event.reason ?? "";
  },
  "session.expired": (draft, event, changes) => {
    end(draft, "expired", changes);
    draft.ended_reason = event.limit;
  },
  "block.opened": (draft, event, changes) => {
    const { block, kind, parent = null, props = {}, closed = false } = event;
    if (parent !== null && !draft.blocks.has(parent)) return; // what is below a removed block is gone with it
    const streamed = !closed && TEXT_KINDS.has(kind);
    place(draft, block, { kind, parent, props: own(props), closed, streamed }, changes);
  },
  "block.updated": (draft, event, changes) => {
    const block = draft.blocks.get(event.block);
    if (block === undefined) return;
    const patch = own(event.props);
    const props = Object.entries({ ...block.props, ...patch });
    block.props = Object.fromEntries(props.filter(([name, value]) => value !== null || !Object.hasOwn(patch, name)));
    changes.block(event.block);
  },
  "block.appended": (draft, event, changes) => {
    const block = draft.blocks.get(event.block);
    if (block === undefined) return;
    const { text, rows } = block.props;
    // The engine keeps a text that grows as a rope: this copies nothing.
    if (typeof event.text === "string") block.props.text = typeof text === "string" ? text + event.text : event.text;
    if (Array.isArray(event.rows)) {
      if (Array.isArray(rows)) for (const row of event.rows) rows.push(row);
      else block.props.rows = [...event.rows];
    }
    changes.block(event.block);
  },
  "block.closed": (draft, event, changes) => close(draft, event.block, changes),
  "block.removed": (draft, event, changes) => remove(draft, event.block, changes),
  "input.requested": (draft, event, changes) => {
    const { input, block, kind, label = "", spec = {}, audience = null, at, seq } = event;
    draft.inputs.set(input, { ...ASKED, block, kind, label, spec, audience, asked_at: at, seq });
    changes.input(input);
    // A question must be seen to be answered, so it outlives a removed parent.
    const parent = event.parent != null && draft.blocks.has(event.parent) ? event.parent : null;
    place(draft, block, { kind: "input", parent, props: { input }, closed: false, streamed: false }, changes);
  },
  "input.submitted": (draft, event, changes) => {
    const { value = null, by = null, secret = false } = event;
    settle(draft, event, { state: "submitted", value, by, secret }, changes);
  },
  "input.withdrawn": (draft, event, changes) => settle(draft, event, { state: "withdrawn" }, changes),
};

/** Copy props as deep as folding changes them, so that it never changes an event. */
function own(props: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Array.isArray(props.rows) ? { ...props, rows: [...(props.rows as unknown[])] } : { ...props };
}

/** Put a block last in reading order, or where it is already. */
function place(draft: Draft, id: string, block: DraftBlock, changes: Changes): void {
  const before = draft.blocks.get(id);
  draft.blocks.set(id, block);
  if (before !== undefined && before.parent !== block.parent) changes.children(before.parent);
  if (before?.parent !== block.parent) changes.children(block.parent);
  changes.block(id);
}

function close(draft: Draft, id: string, changes: Changes): void {
  const block = draft.blocks.get(id);
  if (block === undefined || block.closed) return;
  block.closed = true;
  changes.block(id);
}

function remove(draft: Draft, root: string, changes: Changes): void {
  if (!draft.blocks.has(root)) return;
  const gone = new Set([root]);
  for (const [id, { parent }] of draft.blocks) if (parent !== null && gone.has(parent)) gone.add(id);
  for (const id of gone) {
    const block = draft.blocks.get(id);
    draft.blocks.delete(id);
    changes.block(id);
    if (block !== undefined) changes.children(block.parent);
  }
}

function settle(
  draft: Draft,
  { input: id, at }: wire.InputSubmitted | wire.InputWithdrawn,
  answer: Partial<DraftInput>,
  changes: Changes,
): void {
  const input = draft.inputs.get(id);
  if (input === undefined) return;
  Object.assign(input, answer, { at });
  changes.input(id);
  close(draft, input.block, changes);
  if (draft.waiting_input === id) run(draft, changes);
}

function began(draft: Draft, event: wire.SessionStarted | wire.SessionWoken, changes: Changes): void {
  draft.attempt = event.attempt ?? 1;
  run(draft, changes);
}

function wait(
  draft: Draft,
  state: "waiting" | "hibernated",
  { input = null, timer = null }: wire.SessionWaiting | wire.SessionHibernated,
  changes: Changes,
): void {
  draft.state = state;
  draft.waiting_input = input;
  draft.waiting_timer = timer;
  changes.head();
}

function run(draft: Draft, changes: Changes): void {
  draft.state = "running";
  draft.waiting_input = draft.waiting_timer = null;
  changes.head();
}

function end(draft: Draft, state: wire.Document["state"] & string, changes: Changes): void {
  run(draft, changes);
  draft.state = state;
  for (const id of draft.blocks.keys()) close(draft, id, changes);
  for (const [id, input] of draft.inputs) {
    if (input.state !== "open") continue;
    input.state = "withdrawn";
    changes.input(id);
  }
}
