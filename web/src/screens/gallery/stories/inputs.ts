import type { InputKind, Inputs } from "../../../document/model";
import { ask, type Chapter, type Story } from "../story";

interface Kind<K extends InputKind> {
  label: string;
  spec: Inputs[K];
  answer: unknown;
  /** An answer that is refused, and why. */
  wrong: [unknown, string];
  more?: readonly Story[];
}

const options = ["Train", "Bus", "Aeroplane"];
const withHelp = { help: "It can be changed later." };

function chapter<K extends InputKind>(kind: K, { label, spec, answer, wrong, more = [] }: Kind<K>): Chapter {
  const [draft, said] = wrong;
  return {
    id: `input-${kind.replaceAll("_", "-")}`,
    stories: [
      { title: "Open", blocks: [ask(kind, label, { ...spec, ...withHelp })] },
      { title: "With an error", blocks: [ask(kind, label, spec, { draft, errors: { "": said } })] },
      { title: "Answered", blocks: [ask(kind, label, spec, { state: "submitted", value: answer })] },
      { title: "No longer asked", blocks: [ask(kind, label, spec, { state: "withdrawn" })] },
      { title: "For somebody else", blocks: [ask(kind, label, spec, { audience: "owner" })], watched: true },
      ...more,
    ],
  };
}

const fields: Inputs["form"]["fields"] = [
  { input: "street", name: "street", kind: "text", label: "Street", spec: {} },
  { input: "floor", name: "floor", kind: "number", label: "Floor", spec: { integer: true, min: 0, max: 60 } },
  { input: "express", name: "express", kind: "confirm", label: "Express", spec: {} },
  { input: "code", name: "code", kind: "text", label: "Door code", spec: { secret: true, optional: true } },
];

export const inputs: readonly Chapter[] = [
  chapter("text", {
    label: "Who are you?",
    spec: { max_length: 20, placeholder: "Your name" },
    answer: "Ada Lovelace",
    wrong: ["A name that is longer than it may be", "At most 20 characters."],
    more: [
      { title: "Secret", blocks: [ask("text", "Password", { secret: true })] },
      {
        title: "Secret, answered",
        blocks: [ask("text", "Password", { secret: true }, { state: "submitted", secret: true })],
      },
      {
        title: "Several lines, optional",
        blocks: [ask("text", "Anything else?", { multiline: true, optional: true, default: "One line\nand another" })],
      },
      {
        title: "Right to left",
        blocks: [ask("text", "ما اسمك؟", { placeholder: "الاسم", help: "يمكن تغييره لاحقًا." })],
      },
      {
        title: "A long answer",
        blocks: [
          ask("text", "Tell us", { multiline: true }, { state: "submitted", value: "It was a long day. ".repeat(40) }),
        ],
      },
    ],
  }),
  chapter("number", {
    label: "How many days?",
    spec: { integer: true, min: 1, max: 14, unit: "days" },
    answer: 3,
    wrong: [40, "At most 14."],
  }),
  chapter("slider", {
    label: "How warm?",
    spec: { min: 10, max: 30, step: 0.5, unit: "°C", default: 21 },
    answer: 21.5,
    wrong: [30, "That is too warm."],
  }),
  chapter("confirm", { label: "Send it now?", spec: {}, answer: true, wrong: [null, "Say yes or no."] }),
  chapter("approve", {
    label: "Pay this invoice?",
    spec: { details: "Oak and Iron, **1,240 EUR**, due on Friday." },
    answer: { approved: true, comment: "Fine by me." },
    wrong: [{ approved: false, comment: "" }, "Say why it is refused."],
  }),
  chapter("choose", {
    label: "How do you travel?",
    spec: { options },
    answer: "Train",
    wrong: ["Bus", "The bus is full."],
    more: [
      {
        title: "Many options",
        blocks: [
          ask("choose", "Which region?", {
            options: Array.from({ length: 40 }, (_, at) => `Region ${String(at + 1)}`),
          }),
        ],
      },
    ],
  }),
  chapter("choose_many", {
    label: "What do you bring?",
    spec: { options: ["Tent", "Stove", "Map"], min: 1, max: 2 },
    answer: ["Tent", "Map"],
    wrong: [["Tent", "Stove", "Map"], "At most 2."],
  }),
  chapter("date", {
    label: "When do you leave?",
    spec: { min: "2026-01-01", max: "2026-12-31" },
    answer: "2026-03-02",
    wrong: ["2027-01-04", "Not after 31 December 2026."],
  }),
  chapter("time", {
    label: "At what time?",
    spec: { min: "08:00", max: "20:00" },
    answer: "09:30",
    wrong: ["23:15", "Not after 20:00."],
  }),
  chapter("datetime", {
    label: "When does it begin?",
    spec: {},
    answer: "2026-03-02T09:30:00",
    wrong: ["2020-01-01T00:00:00", "That is over already."],
  }),
  chapter("upload", {
    label: "Your photo",
    spec: { accept: ["image/*"], max_bytes: 5_000_000 },
    answer: [{ sha256: "picture", name: "mountains.svg", type: "image/svg+xml", size_bytes: 640 }],
    wrong: [null, "A file is needed."],
  }),
  chapter("edit_table", {
    label: "Correct the prices",
    spec: {
      columns: [
        { name: "Item", type: "text" },
        { name: "Price", type: "number" },
        { name: "Sold", type: "boolean" },
      ],
      rows: [
        ["Tea", 2.5, true],
        ["Coffee", 3, false],
      ],
    },
    answer: [
      ["Tea", 2.75, true],
      ["Coffee", 3, false],
    ],
    wrong: [
      [
        ["Tea", -1, true],
        ["Coffee", 3, false],
      ],
      "Row 1: a price can't be below 0.",
    ],
  }),
  chapter("chat", {
    label: "",
    spec: { placeholder: "Ask about your orders" },
    answer: "Where is my order?\nIt was due on **Monday**.",
    wrong: ["", "Write something first."],
  }),
  chapter("form", {
    label: "Where to?",
    spec: { fields, submit: "Order" },
    answer: { street: "Rua Augusta 12", floor: 3, express: true, code: null },
    wrong: [{ street: "", floor: 99, express: true, code: null }, "Two answers are missing."],
    more: [
      {
        title: "With errors at its fields",
        blocks: [
          ask(
            "form",
            "Where to?",
            { fields, submit: "Order" },
            {
              draft: { street: "", floor: 99, express: true, code: null },
              errors: { street: "This is needed.", floor: "At most 60." },
            },
          ),
        ],
      },
    ],
  }),
];
