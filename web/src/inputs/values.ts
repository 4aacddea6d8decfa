// From what a control holds to the answer that is sent, and what can be told of it before it is sent.
import type { FileRef, InputKind, Inputs } from "../document/model";
import type { Field } from "../document/wire";
import { words } from "../texts/inputs";
import { fits, type Column } from "./cells";
import { dayTimeOf, offsetAt } from "./moments";

/** A file of an answer: on its way, or kept by the server as `ref`. */
export interface Item {
  readonly key: string;
  readonly name: string;
  readonly size_bytes: number;
  /** How much of it has gone, up to 1. */
  readonly share: number;
  /** What the server calls it; null as long as it is on its way. */
  readonly ref: unknown;
  readonly failed?: string;
  /** What to send again. */
  readonly file?: File;
}

/** Up to so many options stand side by side. */
export const FEW = 6;
const SHORT = 60;

/** Whether options can all be shown. */
export const few = (options: readonly string[]): boolean =>
  options.length <= FEW &&
  options.every((option) => option.length <= SHORT) &&
  new Set(options).size === options.length;

/** A value as text; empty unless it is text. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** The files of an upload's value. */
export const itemsOf = (value: unknown): readonly Item[] => (Array.isArray(value) ? (value as Item[]) : []);

/** A value as an object by field. */
export const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** Read a number as people write it; null where it is none. */
export function numberOf(written: string): number | null {
  const text = written.trim().replace(/[\s\u00a0\u202f']/g, "");
  const plain = /^[+-]?\d*,\d+$/.test(text) ? text.replace(",", ".") : text;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}

type Spec = Readonly<Record<string, unknown>>;

const formFields = (spec: Spec): readonly Field[] => (Array.isArray(spec.fields) ? (spec.fields as Field[]) : []);

type Rule<Kind extends InputKind> = {
  /** What the control starts with. */
  first?(spec: Inputs[Kind]): unknown;
  /** The answer. */
  answer?(value: unknown, spec: Inputs[Kind]): unknown;
  /** What is surely wrong with the answer; the server knows the rest. */
  wrong?(answer: unknown, spec: Inputs[Kind]): string | null;
};

const number: Rule<"number"> = {
  answer: (value) => (typeof value === "string" ? (numberOf(value) ?? value) : value),
  wrong(answer, spec) {
    if (typeof answer !== "number") return words.wrong.number;
    if (spec.integer && !Number.isInteger(answer)) return words.wrong.whole;
    if (spec.min != null && answer < spec.min) return words.wrong.atLeast(spec.min);
    if (spec.max != null && answer > spec.max) return words.wrong.atMost(spec.max);
    return null;
  },
};

/** Whether a value is a day as the server takes it. */
export const isDay = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);

const isTime = (value: unknown): value is string => typeof value === "string" && /^\d{2}:\d{2}/.test(value);

function between(given: string, { min, max }: { min?: string | null; max?: string | null }): string | null {
  if (min != null && given < min) return words.wrong.earliest(min);
  return max != null && given > max ? words.wrong.latest(max) : null;
}

const itemOf = (ref: FileRef): Item => ({
  key: ref.sha256,
  name: ref.name,
  size_bytes: ref.size_bytes,
  share: 1,
  ref,
});

const RULES: { [Kind in InputKind]?: Rule<Kind> } = {
  text: {
    wrong(answer, spec) {
      const chars = [...textOf(answer)].length;
      if (chars < (spec.min_length ?? 0)) return words.wrong.minChars(spec.min_length ?? 0, chars);
      if (spec.max_length != null && chars > spec.max_length) return words.wrong.maxChars(spec.max_length, chars);
      return null;
    },
  },
  number,
  slider: { first: (spec) => spec.default ?? spec.min ?? 0 },
  approve: { first: (spec) => spec.default ?? null },
  choose_many: {
    first: (spec) => spec.default ?? [],
    wrong(answer, spec) {
      const count = Array.isArray(answer) ? answer.length : 0;
      if (spec.min != null && count < spec.min) return words.wrong.chooseAtLeast(spec.min);
      if (spec.max != null && count > spec.max) return words.wrong.chooseAtMost(spec.max);
      return null;
    },
  },
  upload: {
    first: (spec) => (Array.isArray(spec.default) ? (spec.default as FileRef[]).map(itemOf) : []),
    answer: (value) =>
      itemsOf(value)
        .filter((item) => item.ref !== null)
        .map((item) => item.ref),
  },
  date: { wrong: (answer, spec) => (isDay(answer) ? between(answer, spec) : words.wrong.day) },
  time: { wrong: (answer, spec) => (isTime(answer) ? between(answer, spec) : words.wrong.time) },
  datetime: {
    first: (spec) => dayTimeOf(spec.default),
    answer(value) {
      const { day, time, zoned } = dayTimeOf(value);
      if (day === null && time === "") return null;
      if (!isDay(day) || !isTime(time)) return `${day ?? ""} ${time}`;
      return `${day}T${time}${zoned ? offsetAt(day, time) : ""}`;
    },
    wrong(answer) {
      const [day, time] = textOf(answer).split(/[T ](?=\d*:?|$)/);
      if (!isDay(day)) return words.wrong.day;
      return isTime(time) ? null : words.wrong.time;
    },
  },
  edit_table: {
    first: (spec) => spec.default ?? spec.rows,
    wrong(answer, spec) {
      const columns = spec.columns as readonly Column[];
      for (const [at, row] of (answer as unknown[][]).entries()) {
        const column = columns.find((one, index) => !fits(one, row[index] ?? null));
        if (column !== undefined) return words.wrong.cell(at + 1, column.name);
      }
      return null;
    },
  },
  form: {
    first: (spec) => Object.fromEntries(spec.fields.map((field) => [field.input, first(field.kind, field.spec ?? {})])),
    answer: (value, spec) =>
      Object.fromEntries(
        spec.fields.map((field) => [field.input, answer(field.kind, field.spec ?? {}, fieldsOf(value)[field.input])]),
      ),
  },
};

const ruleOf = (kind: string): Rule<never> => (RULES as Record<string, Rule<never>>)[kind] ?? {};

/** What a control starts with. */
export function first(kind: string, spec: Spec): unknown {
  const rule = ruleOf(kind);
  return rule.first ? rule.first(spec as never) : (spec.default ?? null);
}

/** The answer that a control's value stands for; null for none. */
export function answer(kind: string, spec: Spec, value: unknown): unknown {
  const rule = ruleOf(kind);
  const given = rule.answer ? rule.answer(value, spec as never) : value;
  return given === "" || given === undefined ? null : given;
}

const isEmpty = (given: unknown): boolean => given === null || (Array.isArray(given) && given.length === 0);

/** What is surely wrong with an answer, by field, `""` for the whole; empty when it can be sent. */
export function wrongs(kind: string, spec: Spec, given: unknown): Record<string, string> {
  if (kind === "form") {
    const found = formFields(spec).map((field) => [
      field.input,
      wrong(field.kind, field.spec ?? {}, fieldsOf(given)[field.input]),
    ]);
    return Object.fromEntries(found.filter(([, words]) => words !== null)) as Record<string, string>;
  }
  const found = wrong(kind, spec, given);
  return found === null ? {} : { "": found };
}

function wrong(kind: string, spec: Spec, given: unknown): string | null {
  if (isEmpty(given)) {
    const may = spec.optional === true || kind === "edit_table" || (kind === "choose_many" && !spec.min);
    return may ? null : words.wrong.missing;
  }
  return ruleOf(kind).wrong?.(given, spec as never) ?? null;
}

/** Whether files are still on their way. */
export function busy(kind: string, spec: Spec, value: unknown): boolean {
  if (kind === "upload") return itemsOf(value).some((item) => item.ref === null && item.failed === undefined);
  if (kind !== "form") return false;
  return formFields(spec).some((field) => busy(field.kind, field.spec ?? {}, fieldsOf(value)[field.input]));
}

/** What of a value may be kept in the browser, which is nothing secret; undefined for nothing. */
export function keepable(kind: string, spec: Spec, value: unknown): unknown {
  if (spec.secret === true) return undefined;
  if (kind === "upload") return itemsOf(value).filter((item) => item.ref !== null);
  if (kind !== "form") return value;
  const kept = formFields(spec).map((field) => [
    field.input,
    keepable(field.kind, field.spec ?? {}, fieldsOf(value)[field.input]),
  ]);
  return Object.fromEntries(kept.filter(([, part]) => part !== undefined));
}

/** Take up what was kept; what is missing in it is as at first. */
export function restored(kind: string, spec: Spec, kept: unknown): unknown {
  return kind === "form" ? { ...fieldsOf(first(kind, spec)), ...fieldsOf(kept) } : kept;
}
