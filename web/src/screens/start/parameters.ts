// From an app's JSON Schema to the controls of its form, and from what they hold to the arguments.
import { answer, fieldsOf, first, wrongs } from "../../inputs/values";
import { words } from "../../texts/start";

/** A JSON Schema (2020-12), as far as parameters use it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly [word: string]: unknown;
}

/** What takes one parameter: a control, or for an object controls of its own. */
export interface Parameter {
  /** As errors name it: `person.name`. */
  readonly path: string;
  readonly name: string;
  readonly label: string;
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Whether it must be given. */
  readonly required: boolean;
  readonly nullable: boolean;
  /** What the app takes when nothing is given; undefined for nothing. */
  readonly default: unknown;
  /** The JSON values that options stand for, in their order. */
  readonly options?: readonly unknown[];
  readonly parts?: readonly Parameter[];
}

const DEPTH = 4;

function pointed(ref: string, root: JsonSchema): JsonSchema {
  let at: unknown = root;
  for (const key of ref.replace(/^#\/?/, "").split("/").filter(Boolean))
    at = (at as Record<string, unknown> | undefined)?.[
      decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~")
    ];
  return (at as JsonSchema | undefined) ?? {};
}

interface Resolved {
  schema: JsonSchema;
  nullable: boolean;
}

/** Follow references and take out that null is allowed. */
export function resolve(given: JsonSchema, root: JsonSchema, depth = 0): Resolved {
  if (depth > 20) return { schema: {}, nullable: false };
  const { $ref, anyOf, oneOf, allOf, ...own } = given;
  if ($ref !== undefined) return merged(resolve(pointed($ref, root), root, depth + 1), own);
  const options = anyOf ?? oneOf ?? (allOf?.length === 1 ? allOf : undefined);
  if (options !== undefined) {
    const real = options.filter((option) => option.type !== "null");
    const nullable = real.length < options.length;
    const only = real.length === 1 ? real[0] : undefined;
    if (only === undefined) return { schema: { ...own, anyOf: real }, nullable };
    const inner = merged(resolve(only, root, depth + 1), own);
    return { schema: inner.schema, nullable: nullable || inner.nullable };
  }
  if (!Array.isArray(given.type)) return { schema: given, nullable: false };
  const types = (given.type as readonly string[]).filter((type) => type !== "null");
  return {
    schema: { ...given, type: types.length === 1 ? types[0] : types },
    nullable: types.length < given.type.length,
  };
}

const merged = ({ schema, nullable }: Resolved, own: JsonSchema): Resolved => ({
  schema: { ...schema, ...own },
  nullable,
});

/** A name as people write it: `side_px` is `Side px`. */
const spelled = (name: string): string => {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

type Shape = Pick<Parameter, "kind" | "spec" | "options" | "parts">;

function numeric(schema: JsonSchema, integer: boolean): Shape {
  const step = integer ? 1 : 0;
  const over = typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum + step : null;
  const under = typeof schema.exclusiveMaximum === "number" ? schema.exclusiveMaximum - step : null;
  const spec = { integer, min: schema.minimum ?? over, max: schema.maximum ?? under, step: schema.multipleOf ?? null };
  return { kind: "number", spec };
}

const FORMATS: Record<string, string> = { date: "date", time: "time", "date-time": "datetime" };
const TEXTS: Record<string, string> = { email: "email", uri: "url" };
const LONG = 120;

function textual(schema: JsonSchema): Shape {
  const format = schema.format ?? "";
  const dated = FORMATS[format];
  if (dated !== undefined) {
    const bounds = dated === "datetime" ? {} : { min: schema.formatMinimum ?? null, max: schema.formatMaximum ?? null };
    return { kind: dated, spec: bounds };
  }
  const example = schema.examples?.[0];
  const spec = {
    format: TEXTS[format] ?? "text",
    secret: format === "password" || schema.writeOnly === true,
    multiline: typeof schema.default === "string" && (schema.default.includes("\n") || schema.default.length > LONG),
    min_length: schema.minLength ?? null,
    max_length: schema.maxLength ?? null,
    placeholder: typeof example === "string" ? example : null,
  };
  return { kind: "text", spec };
}

const optionText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function chosen(kind: "choose" | "choose_many", values: readonly unknown[], schema: JsonSchema): Shape {
  const bounds = kind === "choose" ? {} : { min: schema.minItems ?? null, max: schema.maxItems ?? null };
  return { kind, spec: { options: values.map(optionText), ...bounds }, options: values };
}

function listed(schema: JsonSchema, root: JsonSchema): Shape {
  const items = schema.items === undefined ? {} : resolve(schema.items, root).schema;
  if (items.format === "file") return { kind: "upload", spec: { multiple: true } };
  if (items.enum !== undefined) return chosen("choose_many", items.enum, schema);
  if (items.type === "string" && items.format === undefined) return { kind: "list", spec: {} };
  return { kind: "json", spec: {} };
}

function shapeOf(schema: JsonSchema, root: JsonSchema, path: string): Shape {
  if (schema.format === "file") return { kind: "upload", spec: {} };
  if (schema.const !== undefined) return chosen("choose", [schema.const], schema);
  if (schema.enum !== undefined) return chosen("choose", schema.enum, schema);
  if (schema.type === "boolean") return { kind: "confirm", spec: {} };
  if (schema.type === "integer" || schema.type === "number") return numeric(schema, schema.type === "integer");
  if (schema.type === "string") return textual(schema);
  if (schema.type === "array") return listed(schema, root);
  const deep = path.split(".").length >= DEPTH;
  if (schema.type === "object" && schema.properties !== undefined && !deep)
    return { kind: "object", spec: {}, parts: parametersOf(schema, root, `${path}.`) };
  return { kind: "json", spec: {} };
}

/** The parameters of an app, or of an object among them. */
export function parametersOf(schema: JsonSchema, root: JsonSchema = schema, before = ""): readonly Parameter[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { schema: known, nullable } = resolve(property, root);
    const path = before + name;
    const required = schema.required?.includes(name) ?? false;
    const shape = shapeOf(known, root, path);
    const said = "default" in known ? known.default : undefined;
    const spec = {
      ...shape.spec,
      help: known.description ?? null,
      optional: nullable || (!required && shape.kind !== "confirm"),
      default: startOf(shape, said),
    };
    return { path, name, label: known.title ?? spelled(name), ...shape, spec, required, nullable, default: said };
  });
}

/** What a control starts with where a parameter has this value. */
function startOf({ kind, options }: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (kind === "choose") return options?.some((option) => same(option, value)) ? optionText(value) : null;
  if (kind === "choose_many") return Array.isArray(value) ? value.map(optionText) : null;
  if (kind === "upload") return null; // a file of another session is not this one's
  return value;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What the form holds, by path. */
export type Values = Readonly<Record<string, unknown>>;

/** What the form holds at first; `args` are taken where they fit. */
export function begun(parameters: readonly Parameter[], args: Readonly<Record<string, unknown>> = {}): Values {
  const values: Record<string, unknown> = {};
  for (const parameter of parameters) {
    const { path, name, kind, spec, parts } = parameter;
    const given = name in args ? args[name] : undefined;
    if (parts !== undefined) {
      const inner = given !== undefined ? given : parameter.default;
      Object.assign(values, begun(parts, fieldsOf(inner)));
    } else {
      const taken = given === undefined || !fitting(parameter, given) ? spec.default : startOf(parameter, given);
      values[path] = first(kind, { ...spec, default: taken });
    }
  }
  return values;
}

/** Whether a value may stand in the control of a parameter. */
export function fitting({ kind, options, nullable }: Parameter, value: unknown): boolean {
  if (value === null) return nullable;
  if (kind === "choose") return options?.some((option) => same(option, value)) ?? false;
  if (kind === "choose_many" || kind === "list")
    return Array.isArray(value) && value.every((one) => (options ?? [one]).some((option) => same(option, one)));
  if (kind === "number") return typeof value === "number";
  if (kind === "confirm") return typeof value === "boolean";
  if (kind === "object") return typeof value === "object" && !Array.isArray(value);
  if (kind === "json") return true;
  return kind !== "upload" && typeof value === "string";
}

/** The arguments that the form stands for, and what is surely wrong with them by path. */
export function argumentsOf(parameters: readonly Parameter[], values: Values) {
  const args: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const parameter of parameters) {
    const { path, name, kind, spec, parts } = parameter;
    if (parts !== undefined) {
      const inner = argumentsOf(parts, values);
      if (!parameter.required && untouched(parameter, values)) continue;
      args[name] = inner.args;
      Object.assign(errors, inner.errors);
      continue;
    }
    const value = values[path];
    const given = answer(kind, spec, value);
    const wrong = given === null ? null : (wrongs(kind, { ...spec, optional: true }, given)[""] ?? null);
    if (wrong !== null) errors[path] = wrong;
    const argument = argumentOf(parameter, given);
    if (argument !== undefined) args[name] = argument;
    else if (parameter.required) errors[path] = words.missing;
  }
  return { args, errors };
}

/** Whether the parts of an object are as they were at first: then it is not given at all. */
const untouched = ({ parts = [], default: said }: Parameter, values: Values): boolean =>
  Object.entries(begun(parts, fieldsOf(said))).every(([path, value]) => same(values[path], value));

/** What is sent for a parameter; undefined for nothing. */
function argumentOf(parameter: Parameter, given: unknown): unknown {
  const { kind, options, nullable, required } = parameter;
  const left = given === null || (Array.isArray(given) && given.length === 0);
  if (left) {
    if (Array.isArray(given) && kind !== "upload") return required || parameter.default !== undefined ? [] : undefined;
    if (nullable) return required || parameter.default != null ? null : undefined;
    // Text that was there and was taken out is empty text, not what the app would take by itself.
    return kind === "text" && typeof parameter.default === "string" ? "" : undefined;
  }
  if (kind === "choose") return options?.find((option) => optionText(option) === given);
  if (kind === "choose_many")
    return options?.filter((option) => (given as readonly string[]).includes(optionText(option)));
  if (kind === "upload" && parameter.spec.multiple !== true) return (given as readonly unknown[])[0];
  return given;
}

/** Whether a value has a file in it, which belongs to the session that it was given to. */
const holdsFile = (value: unknown): boolean =>
  typeof value === "object" && value !== null && ("sha256" in value || Object.values(value).some(holdsFile));

/** Arguments in a few words: `City: Kyoto · Days: 3`. */
export function summary(parameters: readonly Parameter[], args: Readonly<Record<string, unknown>>): string {
  return parameters
    .filter(({ name }) => args[name] !== undefined && args[name] !== null && !holdsFile(args[name]))
    .map(({ name, label }) => words.argument(label, shortly(args[name])))
    .join(" · ");
}

function shortly(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The last sets of arguments that differ from each other and from what the form starts with. */
export function recent(parameters: readonly Parameter[], all: readonly Readonly<Record<string, unknown>>[], limit = 5) {
  const usual = JSON.stringify(argumentsOf(parameters, begun(parameters)).args);
  const seen = new Set<string>([usual, "{}"]);
  return all.filter((args) => {
    const key = JSON.stringify(argumentsOf(parameters, begun(parameters, args)).args);
    if (seen.has(key) || seen.size > limit + 1 || summary(parameters, args) === "") return false;
    seen.add(key);
    return true;
  });
}
