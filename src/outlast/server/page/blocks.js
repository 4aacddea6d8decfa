// The document: folds events into blocks and keeps their elements up to date, once a frame.
import { h, markdown } from "./text.js";
import { control, labelled } from "./inputs.js";

const MAX_ROWS = 300;
const OVER = ["completed", "failed", "cancelled", "expired"];

export class DocumentView {
  /** `actions`: {answer(input, value), branch(seq), upload(file), file(ref), changed()}. */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
    this.load({});
  }

  get over() {
    return OVER.includes(this.state);
  }

  /** Show a snapshot. */
  load(document) {
    this.element.replaceChildren();
    this.blocks = new Map();
    this.dirty = new Set();
    // What has its default value is left out on the wire.
    const inputs = Object.entries(document.inputs ?? {});
    this.inputs = new Map(inputs.map(([id, input]) => [id, { state: "open", spec: {}, ...input }]));
    this.seq = document.seq ?? 0;
    this.state = document.state ?? "created";
    this.title = document.title ?? "";
    this.app = document.app ?? "";
    this.ended = document.failure_message ?? document.ended_reason ?? null;
    this.error = document.failure_error ?? null;
    this.result = document.result ?? null;
    this.waiting = document.waiting_input ?? null;
    for (const [id, block] of Object.entries(document.blocks ?? {})) this.open(id, block);
    this.actions.changed();
  }

  /** Fold one event; what came already is left out. */
  apply(kind, event) {
    if (event.seq <= this.seq) return;
    this.seq = event.seq;
    const block = this.blocks.get(event.block);
    if (kind === "block.opened") this.open(event.block, { ...event, props: event.props ?? {} });
    else if (kind === "block.removed") this.remove(event.block);
    else if (kind.startsWith("block.") && block) this.change(kind, block, event);
    else if (kind === "input.requested") {
      this.inputs.set(event.input, { ...event, state: "open", spec: event.spec ?? {} });
      this.open(event.block, { kind: "input", parent: event.parent, props: { input: event.input } });
    } else if (kind === "input.submitted" || kind === "input.withdrawn") this.settle(kind, event);
    else if (kind.startsWith("session.")) this.turn(kind.slice("session.".length), event);
    if (this.state === "waiting" && ["block.opened", "block.appended", "step.finished"].includes(kind)) this.state = "running";
    this.actions.changed();
  }

  change(kind, block, event) {
    if (kind === "block.appended") {
      if (event.text != null) block.props.text = (block.props.text ?? "") + event.text;
      if (event.rows) block.props.rows = (block.props.rows ?? []).concat(event.rows);
    } else if (kind === "block.updated") {
      for (const [name, value] of Object.entries(event.props)) {
        if (value === null) delete block.props[name];
        else block.props[name] = value;
      }
    } else block.closed = true;
    this.touch(block);
  }

  settle(kind, event) {
    const input = this.inputs.get(event.input);
    if (!input) return;
    Object.assign(input, { state: kind === "input.submitted" ? "submitted" : "withdrawn", value: event.value, by: event.by, at: event.at });
    input.secret = event.secret ?? false;
    this.touch(this.blocks.get(input.block));
    if (this.waiting === event.input) this.turn("running", {});
  }

  turn(name, event) {
    if (name === "created") Object.assign(this, { title: event.title ?? "", app: event.app });
    else if (name === "retitled") this.title = event.title;
    else {
      this.state = { started: "running", woken: "running" }[name] ?? name;
      this.waiting = ["waiting", "hibernated"].includes(name) ? event.input ?? null : null;
    }
    if (name === "failed") Object.assign(this, { ended: event.message, error: event.error ?? null });
    if (name === "completed") this.result = event.result ?? null;
    if (name === "cancelled" || name === "expired") this.ended = event.reason || event.limit || null;
    if (!this.over) return;
    for (const input of this.inputs.values()) if (input.state === "open") input.state = "withdrawn";
    for (const block of this.blocks.values()) if (!block.closed) this.touch(Object.assign(block, { closed: true }));
  }

  open(id, { kind, parent, props, closed }) {
    const element = h("div.block", null);
    const block = { id, kind, parent, props: { ...props }, closed: closed ?? false, element, inside: element };
    this.blocks.set(id, block);
    const above = this.blocks.get(parent);
    (FRAMES[kind] ?? (() => {}))(block, above);
    (above?.inside ?? this.element).append(block.element);
    this.touch(block);
  }

  remove(id) {
    this.blocks.get(id)?.element.remove();
    const gone = new Set([id]);
    for (const block of this.blocks.values()) if (gone.has(block.parent)) gone.add(block.id);
    for (const key of gone) this.blocks.delete(key);
  }

  touch(block) {
    if (!block) return;
    if (!this.dirty.size) requestAnimationFrame(() => this.draw());
    this.dirty.add(block);
  }

  draw() {
    const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 40;
    for (const block of this.dirty) {
      if (block.kind === "input") this.drawInput(block);
      else (DRAW[block.kind] ?? DRAW.json)(block, this.actions);
    }
    this.dirty.clear();
    if (atEnd && !this.over) window.scrollTo(0, document.body.scrollHeight);
  }

  drawInput(block) {
    const input = this.inputs.get(block.props.input);
    if (!input || (input.state === "open" && block.element.firstChild)) return;
    if (input.state === "open") block.element.replaceChildren(this.question(input, block.props.input));
    else if (input.state === "withdrawn") block.element.replaceChildren(h("div.ask.done.quiet", null, `${input.label} (no longer asked)`));
    else {
      const again = h("button.link", { type: "button", click: () => this.actions.branch(input.seq) }, "branch from here");
      const who = [input.by?.name || input.by?.id, input.at && new Date(input.at).toLocaleString()].filter(Boolean).join(", ");
      const value = input.secret ? "•••" : said(input);
      const line = h("div", null, h("small", null, who, " · ", again));
      block.element.replaceChildren(h("div.ask.done", null, h("b", null, input.label), h("div.answer", null, value), line));
    }
  }

  question(input, id) {
    const made = control(input.kind, input.spec ?? {}, this.actions);
    const buttons = h("div.buttons");
    const send = async (read) => {
      for (const button of buttons.children) button.disabled = true;
      try {
        made.wrong(null);
        await this.actions.answer(id, await read());
      } catch (problem) {
        made.wrong(problem.errors && Object.keys(problem.errors).length ? problem.errors : null);
        if (!problem.errors) below.textContent = problem.message;
      }
      for (const button of buttons.children) button.disabled = false;
    };
    const below = h("p.wrong", { role: "alert" });
    const form = h("form.ask", { noValidate: true, submit: (event) => (event.preventDefault(), send(made.read)) });
    if (made.buttons) {
      made.group.remove(); // a button for each answer says it in one click
      const answers = made.labels.map((label, at) => {
        const value = () => (made.full ? made.full(made.values[at]) : made.values[at]);
        return h(at ? "button" : "button.main", { type: "button", click: () => send(async () => value()) }, label);
      });
      buttons.append(...answers);
    } else buttons.append(h("button.main", null, input.spec?.submit ?? { chat: "Send", form: "Submit" }[input.kind] ?? "Answer"));
    if (input.spec?.optional && !made.buttons) buttons.append(h("button", { type: "button", click: () => send(async () => null) }, "Skip"));
    const note = input.audience ? h("small", null, `For: ${input.audience}`) : "";
    form.append(labelled(input.label, made, input.spec?.help), note, below, buttons);
    return form;
  }
}

function said({ kind, value, spec }) {
  if (value === null || value === undefined) return "—";
  if (kind === "confirm") return value ? spec.yes ?? "Yes" : spec.no ?? "No";
  if (kind === "approve") return (value.approved ? "Approved" : "Rejected") + (value.comment ? `: ${value.comment}` : "");
  if (kind === "upload") return value.map((file) => file.name).join(", ");
  if (kind === "edit_table") return `${value.length} rows`;
  if (kind === "form") return spec.fields.map((f) => `${f.label || f.name}: ${f.spec?.secret ? "•••" : said({ ...f, spec: f.spec ?? {}, value: value[f.input] })}`).join("\n");
  return Array.isArray(value) ? value.join(", ") || "—" : String(value);
}

// What holds other blocks: made once, when the block opens.
const FRAMES = {
  section(block) {
    block.element = h("section.block", null, (block.heading = h("h2")), (block.inside = h("div")));
  },
  columns(block) {
    block.element.append((block.inside = h("div.columns")));
  },
  tabs(block) {
    block.element.append(h("div.tabs", null, (block.list = h("div", { role: "tablist" })), (block.inside = h("div.inside"))));
  },
  tab(block, above) {
    if (!above?.list) return;
    const show = () => {
      for (const button of above.list.children) button.ariaSelected = String(button === block.button);
      for (const panel of above.inside.children) panel.classList.toggle("shown", panel === block.element);
    };
    block.button = h("button", { type: "button", role: "tab", click: show });
    above.list.append(block.button);
    if (above.list.children.length === 1) queueMicrotask(show);
  },
  expander(block) {
    const inside = (block.inside = h("div.inside"));
    block.element.append(h("details", { open: block.props.open ?? false }, (block.heading = h("summary")), inside));
  },
  status(block) {
    block.element.append((block.body = h("div.status")), (block.inside = h("div")));
  },
};

const caption = (props) => (props.caption ? h("figcaption", null, props.caption) : null);
const number = (value) => (typeof value === "number" ? value.toLocaleString(undefined, { maximumFractionDigits: 6 }) : value);
const shown = (value) => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(number(value)));

const DRAW = {
  markdown: ({ element, props }) => (element.classList.add("md"), markdown(element, props.text ?? "")),
  code: ({ element, props }) => element.replaceChildren(h("pre", null, h("code", null, props.text ?? ""))),
  json: ({ element, props }) => element.replaceChildren(h("pre", null, JSON.stringify("value" in props ? props.value : props, null, 2))),
  table: ({ element, props }) => element.replaceChildren(table(props)),
  chart: ({ element, props }) => element.replaceChildren(chart(props)),
  image: ({ element, props }, actions) =>
    element.replaceChildren(h("figure", null, h("img", { src: actions.file(props.file), alt: props.alt ?? "", width: props.width_px }), caption(props))),
  audio: ({ element, props }, actions) => once(element, () => h("figure", null, h("audio", { controls: true, src: actions.file(props.file) }), caption(props))),
  video: ({ element, props }, actions) => once(element, () => h("figure", null, h("video", { controls: true, src: actions.file(props.file) }), caption(props))),
  file: ({ element, props }, actions) =>
    element.replaceChildren(h("a", { href: actions.file(props.file), download: props.file.name }, props.label || props.file.name), ` `, h("small", null, `${number(props.file.size_bytes)} bytes`)),
  metric({ element, props }) {
    element.classList.add("metric");
    const value = h("div.value", null, shown(props.value), props.unit ? ` ${props.unit}` : "");
    element.replaceChildren(h("small", null, props.label), value, props.delta == null ? "" : h("small", null, shown(props.delta)));
  },
  progress({ element, props }) {
    const known = props.total != null;
    const of = known ? `${number(props.value ?? 0)} of ${number(props.total)}` : number(props.value ?? 0);
    const rest = [props.label, `${of}${props.unit ? ` ${props.unit}` : ""}`];
    if (props.rate_per_s != null) rest.push(`${number(Math.round(props.rate_per_s * 10) / 10)}/s`);
    if (props.remaining_s != null) rest.push(`${Math.ceil(props.remaining_s)} s left`);
    element.replaceChildren(h("progress", known ? { max: props.total || 1, value: props.value ?? 0 } : {}), h("small", null, rest.filter(Boolean).join(" · ")));
  },
  status({ body, props }) {
    const mark = { running: "…", done: "✓", failed: "✗" }[props.state ?? "running"];
    const time = props.duration_s >= 0.05 ? ` (${props.duration_s.toFixed(1)} s)` : "";
    body.replaceChildren(`${mark} ${props.label}${time}`, ...(props.steps ?? []).map((step) => h("div.quiet", null, step)));
  },
  thinking({ element, props }) {
    once(element, () => h("details", null, h("summary.quiet", null, "Thinking"), h("div.md.quiet")));
    markdown(element.querySelector(".md"), props.text ?? "");
  },
  note: ({ element, props }) => element.replaceChildren(h(`div.note.${props.level ?? "info"}`, null, props.text)),
  fault({ element, props }) {
    const trace = props.traceback ? h("details", null, h("summary", null, "Traceback"), h("pre", null, props.traceback)) : null;
    element.replaceChildren(h("div.fault", null, h("b", null, props.type), h("span.said", null, `: ${props.message}`), trace ?? ""));
  },
  section: ({ heading, props }) => (heading.textContent = props.title ?? ""),
  expander: ({ heading, props }) => (heading.textContent = props.label),
  tab: ({ button, props }) => button && (button.textContent = props.label),
  columns() {},
  column() {},
  tabs() {},
};

function once(element, make) {
  if (!element.firstChild) element.append(make());
}

function table({ columns = [], rows = [], total, caption: words }) {
  const kind = (column) => (column.type === "number" ? "number" : "");
  const head = h("tr", null, columns.map((column) => h("th", { className: kind(column) }, column.name)));
  const line = (row) => h("tr", null, row.map((value, at) => h("td", { className: kind(columns[at] ?? {}), title: shown(value) }, shown(value))));
  const body = h("tbody", null, rows.slice(0, MAX_ROWS).map(line));
  const all = total ?? rows.length;
  const cut = all > MAX_ROWS || rows.length > MAX_ROWS ? `The first ${Math.min(MAX_ROWS, rows.length)} of ${number(all)} rows.` : null;
  const text = [words, cut].filter(Boolean).join(" ");
  return h("figure", null, h("div.scroll", null, h("table", null, h("thead", null, head), body)), text ? h("figcaption", null, text) : null);
}

/** The data of a chart: the drawing itself is the web client's. */
function chart({ library, spec, caption: words }) {
  let values = spec.data?.values ?? Object.values(spec.datasets ?? {})[0];
  if (library === "plotly" && Array.isArray(spec.data)) {
    values = spec.data.flatMap((trace, at) => (Array.isArray(trace.x) ? trace.x.map((x, i) => ({ trace: trace.name ?? at + 1, x, y: trace.y?.[i] })) : []));
  }
  const note = `A ${library} chart; this page shows its data.`;
  const title = spec.title?.text ?? (typeof spec.title === "string" ? spec.title : spec.layout?.title?.text) ?? "";
  if (!Array.isArray(values) || !values.length) return h("figure", null, h("b", null, title), h("pre", null, JSON.stringify(spec, null, 1).slice(0, 4000)), h("figcaption", null, note));
  const names = Object.keys(values[0]);
  const columns = names.map((name) => ({ name, type: typeof values[0][name] === "number" ? "number" : "any" }));
  const rows = values.map((value) => names.map((name) => value[name]));
  return h("div", null, h("b", null, title), table({ columns, rows, caption: [words, note].filter(Boolean).join(" ") }));
}
