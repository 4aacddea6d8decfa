import { expect, test } from "vitest";
import { argumentsOf, begun, parametersOf, recent, resolve, summary, type JsonSchema } from "./parameters";
import { prefilled } from "./prefill";

const FILE = { type: "object", format: "file", properties: {} };
const SCHEMA: JsonSchema = {
  $defs: {
    Color: { title: "Color", enum: ["red", "blue"], type: "string" },
    Person: {
      type: "object",
      properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
      required: ["name"],
    },
  },
  type: "object",
  properties: {
    what: { type: "string", title: "What", description: "Anything." },
    mail: { type: "string", format: "email" },
    count: { type: "integer", exclusiveMinimum: 0, default: 1 },
    ratio: { anyOf: [{ type: "number" }, { type: "null" }], default: null },
    color: { $ref: "#/$defs/Color", default: "blue" },
    level: { enum: [1, 2, 3], type: "integer" },
    fast: { type: "boolean", default: false },
    day: { type: "string", format: "date" },
    at: { type: "string", format: "date-time" },
    colors: { type: "array", items: { $ref: "#/$defs/Color" } },
    tags: { type: "array", items: { type: "string" } },
    sheet: FILE,
    sheets: { type: "array", items: FILE },
    person: { $ref: "#/$defs/Person" },
    more: { type: "object" },
  },
  required: ["what", "level", "person"],
};
const PARAMETERS = parametersOf(SCHEMA);
const named = (name: string) => {
  const found = PARAMETERS.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

test("each kind of parameter gets its control", () => {
  expect(PARAMETERS.map(({ name, kind }) => [name, kind])).toEqual([
    ["what", "text"],
    ["mail", "text"],
    ["count", "number"],
    ["ratio", "number"],
    ["color", "choose"],
    ["level", "choose"],
    ["fast", "confirm"],
    ["day", "date"],
    ["at", "datetime"],
    ["colors", "choose_many"],
    ["tags", "list"],
    ["sheet", "upload"],
    ["sheets", "upload"],
    ["person", "object"],
    ["more", "json"],
  ]);
  expect(named("what")).toMatchObject({ label: "What", required: true, spec: { help: "Anything." } });
  expect(named("mail").spec.format).toBe("email");
  expect(named("count").spec).toMatchObject({ integer: true, min: 1, default: 1 });
  expect(named("ratio")).toMatchObject({ nullable: true });
  expect(named("level").spec.options).toEqual(["1", "2", "3"]);
  expect(named("sheets").spec.multiple).toBe(true);
  expect(named("person").parts?.map(({ path }) => path)).toEqual(["person.name", "person.age"]);
});

test("a schema that refers to itself ends", () => {
  const root: JsonSchema = { $defs: { A: { $ref: "#/$defs/A" } } };
  expect(resolve({ $ref: "#/$defs/A" }, root)).toEqual({ schema: {}, nullable: false });
  const node: JsonSchema = { type: "object", properties: { next: { $ref: "#/$defs/N" } } };
  const deep = parametersOf({ $defs: { N: node }, type: "object", properties: { first: { $ref: "#/$defs/N" } } });
  expect(JSON.stringify(deep)).toContain('"json"');
});

test("the arguments are JSON values, and what was left empty is left out", () => {
  const values = { ...begun(PARAMETERS), what: "tea", level: "2", "person.name": "Ada" };
  expect(argumentsOf(PARAMETERS, values)).toEqual({
    args: { what: "tea", count: 1, color: "blue", level: 2, fast: false, person: { name: "Ada" } },
    errors: {},
  });
});

test("what is needed and is missing is told by its path", () => {
  const { errors } = argumentsOf(PARAMETERS, { ...begun(PARAMETERS), count: 0, "person.age": -1 });
  expect(Object.keys(errors).sort()).toEqual(["count", "level", "person.age", "person.name", "what"]);
});

test("an object that need not be given is left out until one of its parts is filled in", () => {
  const person: JsonSchema = {
    type: "object",
    properties: { name: { type: "string" }, fast: { type: "boolean", default: false } },
    required: ["name"],
  };
  const parameters = parametersOf({ properties: { person: { anyOf: [person, { type: "null" }], default: null } } });
  expect(argumentsOf(parameters, begun(parameters))).toEqual({ args: {}, errors: {} });
  const { errors } = argumentsOf(parameters, { ...begun(parameters), "person.fast": true });
  expect(Object.keys(errors)).toEqual(["person.name"]);
});

test("text that was taken out is empty text", () => {
  const parameters = parametersOf({ properties: { topic: { type: "string", default: "Python" } } });
  expect(argumentsOf(parameters, { topic: "" }).args).toEqual({ topic: "" });
});

test("files are named by what the server calls them", () => {
  const item = { key: "1", name: "a", size_bytes: 1, share: 1, ref: { file_id: "f1" } };
  const parameters = parametersOf({ properties: { sheet: FILE, sheets: { type: "array", items: FILE } } });
  const { args } = argumentsOf(parameters, { sheet: [item], sheets: [item] });
  expect(args).toEqual({ sheet: { file_id: "f1" }, sheets: [{ file_id: "f1" }] });
});

test("an address fills in what fits", () => {
  const { args, ignored } = prefilled(PARAMETERS, '{"what":"tea","level":2,"color":"green","nonsense":1}');
  expect(args).toEqual({ what: "tea", level: 2 });
  expect(ignored).toBe(true);
  expect(prefilled(PARAMETERS, undefined)).toEqual({ args: {}, ignored: false });
  expect(prefilled(PARAMETERS, "[").ignored).toBe(true);
  expect(begun(PARAMETERS, { level: 2, color: "green" })).toMatchObject({ level: "2", color: "blue" });
});

test("arguments that were used before are offered once", () => {
  const parameters = parametersOf({
    properties: { city: { type: "string", default: "Lisbon" }, sheet: FILE },
  });
  const used = [
    { city: "Kyoto" },
    { city: "Lisbon" },
    { city: "Kyoto" },
    {},
    { sheet: { sha256: "a" } },
    { city: "Vienna" },
  ];
  expect(recent(parameters, used)).toEqual([{ city: "Kyoto" }, { city: "Vienna" }]);
  expect(summary(parameters, { city: "Kyoto" })).toBe("City: Kyoto");
});
