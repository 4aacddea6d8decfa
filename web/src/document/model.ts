// The document as it is shown: what the wire leaves out, because it is a default, is filled in.
import type * as wire from "./wire";

export type { Answers, Blocks, Events, FileRef, Inputs, User } from "./wire";

export type State = NonNullable<wire.Document["state"]>;
export type BlockKind = keyof wire.Blocks;
export type InputKind = keyof wire.Inputs;

/** One block as it stands. A changed block is a new object: the same object is the same content. */
export interface Block {
  readonly id: string;
  readonly kind: string;
  readonly parent: string | null;
  readonly props: Readonly<Record<string, unknown>>;
  /** Whether nothing more comes. */
  readonly closed: boolean;
}

/** One question as it stands, with its answer. A changed one is a new object. */
export interface Input {
  readonly id: string;
  readonly block: string;
  readonly kind: string;
  readonly label: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly audience: string | null;
  readonly state: "open" | "submitted" | "withdrawn";
  readonly value: unknown;
  readonly secret: boolean;
  readonly by: wire.User | null;
  readonly askedAt: string | null;
  readonly at: string | null;
  /** Where the stream stood when it was asked. A branch from here shares what came up to it. */
  readonly seq: number;
}

/** What is known of the session besides its blocks and questions. A changed one is a new object. */
export interface Head {
  readonly seq: number;
  readonly state: State;
  readonly over: boolean;
  readonly app: string;
  readonly title: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly code: string;
  readonly by: wire.User | null;
  readonly branchedFrom: wire.BranchPoint | null;
  readonly waitingInput: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly result: unknown;
  readonly failure: { readonly code: string; readonly message: string; readonly error: string | null } | null;
  readonly ended: { readonly by: wire.User | null; readonly reason: string } | null;
}

/** What can be watched of a document; listeners are called once a frame, after all that came in it.
 *
 * - `head`: `head()` changed; not for `seq` and `updatedAt` alone.
 * - `children:<id>`, `children:` for the top: the list of children changed.
 * - `block:<id>`, `input:<id>`: the block or the question changed.
 * - `open`: which questions are open changed.
 * - `any`: anything changed.
 */
export type Topic = "head" | "open" | "any" | `children:${string}` | `block:${string}` | `input:${string}`;

/** A document that can be read and watched. */
export interface DocumentSource {
  head(): Head;
  /** Undefined once it is removed. */
  block(id: string): Block | undefined;
  input(id: string): Input | undefined;
  /** Ids in reading order; the same array as long as nothing changed. */
  children(parent: string | null): readonly string[];
  /** Ids of the questions that are open, the oldest first; the same array as long as nothing changed. */
  open(): readonly string[];
  /** Call `listener` at changes of a topic; gives what ends it. */
  watch(topic: Topic, listener: () => void): () => void;
}
