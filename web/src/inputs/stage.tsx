// A document of one question, for tests.
import { MantineProvider } from "@mantine/core";
import { configure, render } from "@testing-library/react";
import { DocumentProvider } from "../blocks/DocumentContext";
import type { DocumentActions } from "../document/actions";
import type { DocumentSource, Head, Input } from "../document/model";
import { Docking, DockingContext } from "./docking";
import { InputBlock } from "./InputBlock";
import { Question } from "./Question";

configure({ asyncUtilTimeout: 10_000 }); // controls are loaded late

// The browser of the tests has no fonts, for which fields that grow wait.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

const HEAD: Head = {
  seq: 1,
  state: "waiting",
  over: false,
  app: "play:ask",
  title: "",
  args: {},
  code: "",
  by: null,
  branchedFrom: null,
  waitingInput: "i1",
  createdAt: null,
  updatedAt: null,
  result: null,
  failure: null,
  ended: null,
};

/** The element that takes the answer; the form around it has the same name. */
export const FIELD = { selector: "input, textarea" };

let count = 0;

/** Show a question, and tell what is answered. `docked`: with a dock below the document. */
export function ask(
  kind: string,
  spec: object,
  given: Partial<Input> & { docked?: boolean; act?: Partial<DocumentActions> } = {},
) {
  const { docked = false, act = {}, ...more } = given;
  const answers: unknown[] = [];
  const listeners = new Set<() => void>();
  const head = { ...HEAD, createdAt: `stage ${(count += 1)}` };
  let input: Input = {
    id: "i1",
    block: "b1",
    kind,
    label: "The question",
    spec: spec as Input["spec"],
    audience: null,
    state: "open",
    value: null,
    secret: false,
    by: null,
    askedAt: null,
    at: null,
    seq: 7,
    ...more,
  };
  const source: DocumentSource = {
    head: () => head,
    block: () => undefined,
    input: () => input,
    children: () => [],
    open: () => ["i1"],
    watch(_, listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const tell = (part: Partial<Input>) => {
    input = { ...input, ...part };
    for (const listener of [...listeners]) listener();
  };
  const actions: DocumentActions = {
    answer: (_, value) => Promise.resolve(void answers.push(value)),
    upload: (file) => Promise.resolve({ sha256: "a1", name: file.name, type: file.type, size_bytes: file.size }),
    fileUrl: (file) => `/files/${file.sha256}`,
    branch: null,
    mayAnswer: () => true,
    ...act,
  };
  const page = render(
    <MantineProvider env="test">
      <DocumentProvider source={source} actions={actions}>
        <DockingContext value={docked ? new Docking(source, actions.mayAnswer) : null}>
          <InputBlock id="i1" />
          {docked && <Question id="i1" docked />}
        </DockingContext>
      </DocumentProvider>
    </MantineProvider>,
  );
  return { ...page, answers, tell };
}
