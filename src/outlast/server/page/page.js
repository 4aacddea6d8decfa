// A plain page over the API: apps, sessions, and one session live. No build, nothing from elsewhere.
import { h, markdown } from "./text.js";
import { account } from "./account.js";
import { API, call, renew } from "./api.js";
import { DocumentView } from "./blocks.js";
import { moment } from "./forms.js";
import { labelled, parameter } from "./inputs.js";
import { arrival, arrive, arrivesBy, signIn } from "./signin.js";

const main = document.getElementById("main");
const place = document.getElementById("place");
const line = document.getElementById("line");
const who = document.getElementById("who");
let leave = () => {};
let workspace = "";

function failed(error) {
  if (error.status === 401) return signIn(main, route).catch(failed);
  main.replaceChildren(h("p.wrong", { role: "alert" }, error.message), h("p", null, h("a", { href: "#/" }, "Back to the apps")));
}

/** Find out who is signed in and which workspace they look at; show both in the head. */
async function enter() {
  const [me, { items }] = await Promise.all([call("GET", "/auth/me"), call("GET", "/workspaces?limit=100")]);
  const chosen = items.find((one) => one.id === me.active_workspace_id) ?? items[0];
  workspace = chosen ? `/workspaces/${chosen.id}` : "";
  const choose = async (event) => {
    await call("PATCH", "/auth/me", { active_workspace_id: event.target.value }, { "if-match": "*" });
    workspace = "";
    goHome();
  };
  const choice = h("select", { change: (event) => choose(event).catch(failed), ariaLabel: "Workspace" }, items.map((one) => h("option", { value: one.id, selected: one === chosen }, one.name)));
  who.replaceChildren(items.length > 1 ? choice : "", h("a", { href: "#/account" }, me.name), h("button.link", { type: "button", click: () => leaveServer().catch(failed) }, "Sign out"));
  if (!workspace) throw new Error("You belong to no workspace yet; ask for an invitation.");
}

async function leaveServer() {
  await call("DELETE", "/auth/sessions/current");
  workspace = "";
  who.replaceChildren();
  goHome();
}

/** Show the apps, once: a changed address shows them by itself. */
function goHome() {
  if (["", "#", "#/"].includes(location.hash)) route();
  else location.hash = "#/";
}

async function home() {
  place.textContent = "";
  const [apps, sessions] = await Promise.all([call("GET", `${workspace}/apps`), call("GET", `${workspace}/sessions?limit=30`)]);
  const cards = h("div");
  leave = showApps(cards, apps);
  const rows = h("div.rows");
  const more = h("button", { click: () => next().catch(failed) }, "More");
  let page = sessions;
  const show = () => {
    rows.append(...page.items.map(row));
    more.hidden = !page.next_cursor;
  };
  const next = async () => {
    page = await call("GET", `${workspace}/sessions?limit=30&cursor=${encodeURIComponent(page.next_cursor)}`);
    show();
  };
  show();
  main.replaceChildren(
    h("h2", null, "Apps"),
    cards,
    h("h2", null, "Sessions"),
    sessions.items.length ? rows : h("p.quiet", null, "None yet."),
    more,
  );
}

/** Show the apps, and look again while files are still being loaded. Returns what ends that. */
function showApps(element, { items, loading }) {
  const cards = items.map((app) =>
    app.error
      ? h("details.card", null, h("summary", null, `${app.title} can't be loaded`), h("pre", null, app.error))
      : h("a.card", { href: `#/start/${encodeURIComponent(app.id)}` }, h("b", null, [app.icon, app.title].filter(Boolean).join(" ")), h("span.quiet", null, (app.doc ?? "").split("\n")[0])),
  );
  const none = "There is no app yet; give `outlast serve` a file that has one.";
  const left = loading.length ? `Loading ${loading.join(", ")}…` : cards.length ? null : none;
  element.replaceChildren(h("div.cards", null, cards), left ? h("p.quiet", null, left) : "");
  let timer = 0;
  if (loading.length) timer = setTimeout(async () => (stop = showApps(element, await call("GET", `${workspace}/apps`).catch(() => ({ items, loading })))), 400);
  let stop = () => clearTimeout(timer);
  return () => stop();
}

function row(session) {
  const asleep = session.state === "hibernated" ? "asleep" : session.state;
  const until = session.due_at && !session.waiting_label ? ` until ${moment(session.due_at)}` : "";
  const what = session.waiting_label ? `waiting: ${session.waiting_label}` : asleep + until;
  return h("a.row", { href: `#/session/${session.id}` }, h("b", null, session.title || session.app), h(`small.state.${session.waiting_label ? "waiting" : session.state}`, null, what), h("small", null, moment(session.updated_at)));
}

async function start(id) {
  const app = await call("GET", `${workspace}/apps/${encodeURIComponent(id)}`);
  place.textContent = app.title;
  const schema = app.schema ?? {};
  // There is no session yet that could have the file: the workspace keeps it until there is.
  const keep = (file) => call("POST", `${workspace}/files?temporary=true&name=${encodeURIComponent(file.name)}`, file);
  const context = { upload: async (file) => ({ file_id: (await keep(file)).id }) };
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => ({ name, control: parameter(property, schema, context), property }));
  const below = h("p.wrong", { role: "alert" });
  const button = h("button.main", null, "Start");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const args = {};
      for (const field of fields) {
        const value = await field.control.read();
        const left = value === null || (Array.isArray(value) && !value.length && !("default" in field.property));
        if (!left) args[field.name] = value;
      }
      location.hash = `#/session/${(await call("POST", `${workspace}/sessions`, { app: app.id, args })).id}`;
    } catch (problem) {
      const errors = problem.errors ?? {};
      for (const field of fields) {
        const key = Object.keys(errors).find((path) => path === field.name || path.startsWith(`${field.name}.`));
        field.control.wrong(key ? { "": errors[key] } : null);
      }
      below.textContent = problem.message;
      button.disabled = false;
    }
  };
  const doc = h("div.md");
  markdown(doc, app.doc ?? "");
  const rows = fields.map((field) => labelled(field.property.title ?? field.name, field.control, field.property.description));
  main.replaceChildren(h("h1", null, app.title), doc, h("form", { submit, noValidate: true }, rows, below, button));
}

const KINDS = [
  ...["created", "started", "woken", "retitled", "waiting", "hibernated", "completed", "failed", "cancelled", "expired"].map((name) => `session.${name}`),
  ...["opened", "updated", "appended", "closed", "removed"].map((name) => `block.${name}`),
  ...["requested", "submitted", "withdrawn"].map((name) => `input.${name}`),
  ...["step.finished", "timer.set", "log.written"],
];

async function session(id) {
  const path = `${workspace}/sessions/${id}`;
  await call("GET", path);
  const state = h("span.state", { role: "status" });
  const wrong = h("p.wrong", { role: "alert" });
  const tell = (action) => action().catch((error) => (wrong.textContent = error.message));
  const cancel = h("button", { click: () => tell(() => call("POST", `${path}/cancel`, {})) }, "Cancel");
  const remove = h("button", { click: () => confirm("Delete this session and all it holds?") && tell(async () => (await call("DELETE", path), (location.hash = "#/"))) }, "Delete");
  const body = h("div");
  const end = h("div");
  const actions = {
    answer: (input, value) => call("POST", `${path}/interactions`, { input, value }),
    branch: (seq) => tell(async () => (location.hash = `#/session/${(await call("POST", `${path}/branch`, { seq })).id}`)),
    upload: (file) => call("POST", `${path}/files?name=${encodeURIComponent(file.name)}`, file),
    file: (ref) => `${API}${path}/files/${ref.sha256}?name=${encodeURIComponent(ref.name)}`,
    changed: () => view && show(),
  };
  let view = null;
  view = new DocumentView(body, actions);
  function show() {
    place.textContent = view.title || view.app;
    const waits = view.waiting ? `waiting for an answer` : view.state;
    state.className = `state ${view.state}`;
    state.textContent = view.state === "hibernated" ? `asleep${view.waiting ? ", waiting for an answer" : ""}` : waits;
    cancel.hidden = view.over;
    end.replaceChildren(...ending(view));
  }
  main.replaceChildren(h("div.bar", null, state, h("a", { href: `${API}${path}/export?format=md` }, "Export"), cancel, remove), body, end, wrong);
  leave = follow(path, view);
}

function ending(view) {
  if (view.state === "completed" && view.result !== null) return [h("h4", null, "Result"), h("pre", null, typeof view.result === "string" ? view.result : JSON.stringify(view.result, null, 2))];
  if (view.state === "failed") return [h("div.fault", null, h("b", null, "Failed"), `: ${view.ended}`, view.error ? h("details", null, h("summary", null, "Traceback"), h("pre", null, view.error)) : "")];
  if (view.over && view.state !== "completed") return [h("div.note.warning", null, `${view.state}${view.ended ? `: ${view.ended}` : ""}`)];
  return [];
}

/** Follow a session's events: the document first, then each event once. Returns what ends it. */
function follow(path, view) {
  let source = null;
  let timer = 0;
  let ended = false;
  const open = () => {
    source = new EventSource(`${API}${path}/events?${view.seq ? `after=${view.seq}` : "snapshot=true"}`);
    source.onopen = () => (line.textContent = "");
    source.onerror = () => {
      if (view.over) return source.close();
      line.textContent = "Connection lost; trying again…";
      // An EventSource comes back by itself unless it got an answer that it takes for a final no: a cookie that is over.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(() => renew().catch(() => false).then(() => ended || open()), 2000);
    };
    source.addEventListener("document.snapshot", (event) => view.load(JSON.parse(event.data)));
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        view.apply(kind, JSON.parse(event.data));
        if (view.over) source.close();
      });
    }
  };
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    source.close();
    line.textContent = "";
  };
}

async function route() {
  leave();
  leave = () => {};
  const [, screen, id] = location.hash.split("/");
  try {
    if (!workspace) await enter();
    if (screen === "start") await start(decodeURIComponent(id));
    else if (screen === "session") await session(id);
    else if (screen === "account") await account(main);
    else await home();
  } catch (error) {
    failed(error);
  }
  main.focus({ preventScroll: true });
}

/** Open the page: first what the address brought, then what it shows. */
async function begin() {
  const brought = arrival();
  await (brought ? arrive(main, route, brought) : route());
}

addEventListener("hashchange", () => (arrivesBy(location.hash) ? begin() : route()));
begin();
