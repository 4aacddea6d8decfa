import { expect, it, test } from "vitest";
import { apply, draftOf, type Draft, type Told } from "./apply";
import { DocumentStore } from "./store";
import type * as wire from "./wire";
import vectors from "../../../tests/golden/document_vectors.json";

const unheard = { block: () => undefined, children: () => undefined, input: () => undefined, head: () => undefined };
const EMPTY = draftOf();

/** Leave out what stands as it would without being said. */
function said(values: object, defaults: object): object {
  const known = new Map(Object.entries(defaults));
  const told = Object.entries(values).filter(([name, value]) => {
    return !known.has(name) || JSON.stringify(known.get(name)) !== JSON.stringify(value);
  });
  return Object.fromEntries(told);
}

function wireOf({ blocks, inputs, ...head }: Draft): object {
  const block = { parent: null, props: {}, closed: false, streamed: false };
  const asked = { label: "", spec: {}, audience: null, state: "open", value: null, secret: false };
  const input = { ...asked, by: null, asked_at: null, at: null, seq: 0 };
  return {
    ...said(head, EMPTY),
    ...(blocks.size > 0 && { blocks: Object.fromEntries([...blocks].map(([id, one]) => [id, said(one, block)])) }),
    ...(inputs.size > 0 && { inputs: Object.fromEntries([...inputs].map(([id, one]) => [id, said(one, input)])) }),
  };
}

test.each(vectors.map(({ name, events, document }) => ({ name, events: events as Told[], document })))(
  "the events of a vector fold into its document: $name",
  ({ events, document }) => {
    const draft = draftOf();
    for (const event of events) apply(draft, event, unheard);
    expect(wireOf(draft)).toEqual(document);
    expect([...draft.blocks.keys()]).toEqual(Object.keys((document as wire.Document).blocks ?? {}));
  },
);

test.each(vectors.map(({ name, events, document }) => ({ name, events: events as Told[], document })))(
  "a document at any place and the later events are the document: $name",
  ({ events, document }) => {
    for (let at = 0; at <= events.length; at += 1) {
      const first = draftOf();
      for (const event of events.slice(0, at)) apply(first, event, unheard);
      const second = draftOf(JSON.parse(JSON.stringify(wireOf(first))) as wire.Document);
      for (const event of events.slice(at)) apply(second, event, unheard);
      expect(wireOf(second)).toEqual(document);
    }
  },
);

it("never changes an event", () => {
  for (const { events } of vectors) {
    const before = JSON.stringify(events);
    const draft = draftOf();
    for (const event of events as Told[]) apply(draft, event, unheard);
    expect(JSON.stringify(events)).toBe(before);
  }
});

it("shows the same however frames cut the events", () => {
  for (const { events } of vectors) {
    const whole = new DocumentStore(() => () => undefined);
    const cut = new DocumentStore(() => () => undefined);
    for (const event of events as Told[]) {
      whole.apply(String(event.event), event);
      cut.apply(String(event.event), event);
      cut.flush();
    }
    whole.flush();
    expect(shown(cut)).toEqual(shown(whole));
  }
});

function shown(store: DocumentStore, parent: string | null = null): unknown[] {
  return [store.head(), ...store.children(parent).map((id) => [store.block(id), ...shown(store, id)])];
}
