// Controls for every kind of input: control(kind, spec) gives {element, read(), wrong(errors)}.
import { h } from "./text.js";

const date = { date: "date", time: "time", datetime: "datetime-local" };

function simple(element, read) {
  const error = h("p.wrong", { role: "alert" });
  return {
    element: h("div", null, element, error),
    focus: element,
    read: read ?? (async () => element.value || null),
    wrong: (errors) => (error.textContent = errors ? errors[""] ?? Object.values(errors)[0] ?? "" : ""),
  };
}

const CONTROLS = {
  text(spec) {
    const type = spec.secret ? "password" : { email: "email", url: "url" }[spec.format] ?? "text";
    const props = { value: spec.default ?? "", placeholder: spec.placeholder ?? "", autocomplete: "off" };
    return simple(spec.multiline ? h("textarea", props) : h("input", { type, ...props }));
  },
  chat(spec) {
    const area = h("textarea", { placeholder: spec.placeholder ?? "", rows: 2 });
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      area.closest("form").requestSubmit();
    });
    return simple(area);
  },
  number(spec) {
    const step = spec.step ?? (spec.integer ? 1 : "any");
    const box = h("input", { type: "number", step, min: spec.min ?? "", max: spec.max ?? "", value: spec.default ?? "" });
    return simple(box, async () => (box.value === "" ? null : Number(box.value)));
  },
  slider(spec) {
    const step = spec.step ?? (spec.integer ? 1 : (spec.max - spec.min) / 100);
    const range = h("input", { type: "range" });
    Object.assign(range, { min: spec.min, max: spec.max, step, value: spec.default ?? spec.min });
    const shown = h("output", null, range.value);
    range.addEventListener("input", () => (shown.textContent = range.value));
    const made = simple(range, async () => Number(range.value));
    made.element.prepend(shown, spec.unit ? ` ${spec.unit}` : "");
    return made;
  },
  confirm(spec) {
    return { ...choices([spec.yes ?? "Yes", spec.no ?? "No"], [true, false], spec.default), buttons: true };
  },
  approve(spec) {
    const comment = h("input", { type: "text", placeholder: "Comment (optional)" });
    const made = choices([spec.yes ?? "Approve", spec.no ?? "Reject"], [true, false], spec.default?.approved);
    made.element.append(spec.details ? h("p.quiet", null, spec.details) : "", comment);
    const read = made.read;
    const full = (approved) => ({ approved, comment: comment.value });
    return { ...made, buttons: true, full, read: async () => ((await read()) === null ? null : full(await read())) };
  },
  choose(spec) {
    if (spec.options.length <= 5) return choices(spec.options, spec.options, spec.default);
    const options = spec.options.map((option) => h("option", { value: option, selected: option === spec.default }, option));
    return simple(h("select", null, h("option", { value: "" }, "Choose…"), options));
  },
  choose_many(spec) {
    const boxes = spec.options.map((value) => h("input", { type: "checkbox", value, checked: (spec.default ?? []).includes(value) }));
    const group = h("div", { role: "group" }, boxes.map((box) => h("label.choice", null, box, ` ${box.value}`)));
    return simple(group, async () => boxes.filter((box) => box.checked).map((box) => box.value));
  },
  upload(spec, context) {
    const picker = h("input", { type: "file", accept: (spec.accept ?? []).join(","), multiple: spec.multiple ?? false });
    return simple(picker, async () => {
      const sent = [];
      for (const file of picker.files) sent.push(await context.upload(file));
      return sent;
    });
  },
  edit_table(spec) {
    const body = h("tbody");
    const add = (row) => body.append(h("tr", null, spec.columns.map((column, at) => h("td", null, cell(column, row[at])))));
    spec.rows.forEach(add);
    const head = h("thead", null, h("tr", null, spec.columns.map((column) => h("th", null, column.name))));
    const more = h("button", { type: "button", click: () => add([]) }, "Add a row");
    const made = simple(h("div.scroll", null, h("table", null, head, body)), async () =>
      [...body.rows].map((row) => spec.columns.map((column, at) => cellValue(column, row.cells[at].firstChild))),
    );
    if (!spec.fixed) made.element.append(more);
    return made;
  },
  form(spec, context) {
    const fields = spec.fields.map((field) => ({ ...field, control: control(field.kind, field.spec ?? {}, context) }));
    const rows = fields.map((field) => labelled(field.label || field.name, field.control, field.spec?.help));
    return {
      element: h("div", null, rows),
      read: async () => Object.fromEntries(await Promise.all(fields.map(async (f) => [f.input, await f.control.read()]))),
      wrong: (errors) => {
        for (const f of fields) f.control.wrong(errors?.[f.input] ? { "": errors[f.input] } : null);
      },
    };
  },
  json(spec) {
    const area = h("textarea", { value: spec.default === undefined ? "" : JSON.stringify(spec.default, null, 2), placeholder: "JSON" });
    return simple(area, async () => (area.value.trim() ? JSON.parse(area.value) : null));
  },
};
for (const [kind, type] of Object.entries(date))
  CONTROLS[kind] = (spec) => simple(h("input", { type, min: spec.min ?? "", max: spec.max ?? "", value: spec.default ?? "" }));

function choices(labels, values, chosen) {
  const name = `choice-${(choices.count = (choices.count ?? 0) + 1)}`;
  const radios = labels.map((label, at) => h("input", { type: "radio", name, value: String(at), checked: values[at] === chosen }));
  const group = h("div", { role: "radiogroup" }, radios.map((radio, at) => h("label.choice", null, radio, ` ${labels[at]}`)));
  const made = simple(group, async () => {
    const at = radios.findIndex((radio) => radio.checked);
    return at < 0 ? null : values[at];
  });
  return { ...made, focus: radios[0], group, labels, values };
}

function cell(column, value) {
  if (column.type === "boolean") return h("input", { type: "checkbox", checked: value === true });
  const type = { number: "number", date: "date", datetime: "datetime-local" }[column.type] ?? "text";
  return h("input", { type, step: "any", value: value ?? "", ariaLabel: column.name });
}

function cellValue(column, box) {
  if (column.type === "boolean") return box.checked;
  if (box.value === "") return null;
  return column.type === "number" ? Number(box.value) : box.value;
}

/** Make the control of an input. `context.upload(file)` stores a file and gives its reference. */
export function control(kind, spec, context) {
  return (CONTROLS[kind] ?? CONTROLS.json)(spec, context);
}

/** Give a control its label: one control gets a label of its own, several stand in a group with a legend. */
export function labelled(label, made, help) {
  const below = help ? h("small", null, help) : null;
  const one = made.focus;
  if (!["INPUT", "SELECT", "TEXTAREA"].includes(one?.tagName) || one.type === "radio") {
    return h("fieldset.field", null, h("legend.label", null, label), made.element, below);
  }
  one.id = `control-${(labelled.count = (labelled.count ?? 0) + 1)}`;
  return h("div.field", null, h("label.label", { htmlFor: one.id }, label), made.element, below);
}

/** Make the control of one parameter from its JSON Schema; `context` as for `control`. */
export function parameter(schema, root, context) {
  const known = resolve(schema, root);
  const spec = { default: schema.default ?? known.default, options: known.enum?.map(String) };
  const bounds = { min: known.minimum ?? known.exclusiveMinimum, max: known.maximum ?? known.exclusiveMaximum };
  const items = known.items ? resolve(known.items, root) : null;
  if (known.format === "file") return one(control("upload", {}, context));
  if (items?.format === "file") return control("upload", { multiple: true }, context);
  if (known.enum?.every((value) => typeof value === "string")) return control("choose", spec);
  if (known.type === "boolean") return control("confirm", { default: false, ...spec });
  if (known.type === "integer") return control("number", { ...spec, ...bounds, integer: true });
  if (known.type === "number") return control("number", { ...spec, ...bounds });
  if (known.type === "string") {
    const timed = { date: "date", time: "time" }[known.format];
    return control(timed ?? "text", { ...spec, format: { email: "email", uri: "url" }[known.format] });
  }
  if (known.type === "array" && items?.enum) return control("choose_many", { ...spec, options: items.enum });
  return control("json", spec);
}

/** Make a control of many values one of the first of them. */
const one = (made) => ({ ...made, read: async () => (await made.read())[0] ?? null });

function resolve(schema, root) {
  if (schema.$ref) return { ...resolve(schema.$ref.slice(2).split("/").reduce((at, key) => at?.[key], root) ?? {}, root), ...schema };
  const real = (schema.anyOf ?? schema.oneOf ?? []).filter((option) => option.type !== "null");
  if (real.length === 1) return { ...schema, ...resolve(real[0], root) };
  return schema;
}
