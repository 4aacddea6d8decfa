// Builds DOM, never HTML: what an app says is only ever text here.

/** Make an element: h("a.link", {href}, "text", child). Functions are listeners, null and false are left out. */
export function h(what, props, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name in element && name !== "list" && name !== "form") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const INLINE = new RegExp(
  [
    "`([^`]+)`", // code
    "\\*\\*([^*]+(?:\\*[^*]+\\*[^*]*)?)\\*\\*|__([^_]+)__", // strong
    "\\*([^*\\s][^*]*)\\*|(?<![\\w])_([^_\\s][^_]*)_(?![\\w])", // emphasis
    "~~([^~]+)~~", // struck out
    "\\[([^\\]]+)\\]\\(([^()\\s]+(?:\\([^()\\s]*\\))?)\\)", // link
    "(https?://[^\\s<>()]*[^\\s<>().,;:!?'\"])", // bare link
  ].join("|"),
  "g",
);

function inline(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > end) parts.push(text.slice(end, found.index));
    end = found.index + found[0].length;
    const [, code, strong, strong2, em, em2, struck, label, target, bare] = found;
    if (code) parts.push(h("code", null, code));
    else if (strong ?? strong2) parts.push(h("strong", null, inline(strong ?? strong2)));
    else if (em ?? em2) parts.push(h("em", null, inline(em ?? em2)));
    else if (struck) parts.push(h("s", null, inline(struck)));
    else parts.push(link(target ?? bare, label ?? bare));
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

function link(target, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(target)) return label;
  return h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, label);
}

const lines = (text) => text.split("\n").flatMap((line, at) => [at ? h("br") : null, ...inline(line)]);
const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
const BULLET = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

/** One part of a Markdown text (see `parts`) as an element. */
function part(text) {
  const fence = /^\s*(```|~~~)([^\n]*)\n?([\s\S]*?)(?:\n\s*\1\s*)?$/.exec(text);
  if (fence) return h("pre", null, h("code", null, fence[3]));
  const heading = /^(#{1,6})\s+([^\n]*?)\s*#*$/.exec(text);
  if (heading) return h(`h${Math.min(heading[1].length, 4)}`, null, inline(heading[2]));
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(text)) return h("hr");
  if (/^\s*>/.test(text)) return h("blockquote", null, parts(text.replace(/^\s*> ?/gm, "")).map(part));
  const rows = text.split("\n");
  if (rows.length > 1 && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(rows[1])) {
    const head = h("tr", null, cells(rows[0]).map((cell) => h("th", null, inline(cell))));
    const body = rows.slice(2).map((row) => h("tr", null, cells(row).map((cell) => h("td", null, inline(cell)))));
    return h("div.scroll", null, h("table", null, h("thead", null, head), h("tbody", null, body)));
  }
  if (BULLET.test(rows[0])) return list(rows);
  return h("p", null, lines(text));
}

function list(rows) {
  const [, indent, mark] = BULLET.exec(rows[0]);
  const items = [];
  for (const row of rows) {
    const found = BULLET.exec(row);
    if (found && found[1].length <= indent.length) items.push({ text: [found[3]], inner: [] });
    else if (found || items.at(-1).inner.length) items.at(-1).inner.push(row);
    else items.at(-1).text.push(row.trim());
  }
  const made = items.map((item) => {
    const task = /^\[([ xX])\] (.*)$/.exec(item.text[0]);
    if (task) item.text[0] = `${task[1] === " " ? "☐" : "☑"} ${task[2]}`;
    return h("li", null, lines(item.text.join("\n")), item.inner.length ? list(item.inner) : null);
  });
  const ordered = /\d/.test(mark);
  return h(ordered ? "ol" : "ul", ordered ? { start: parseInt(mark, 10) } : null, made);
}

/** Cut a Markdown text into parts that stand on their own. */
function parts(text) {
  const found = [];
  let current = [];
  let fence = null;
  const push = () => {
    if (current.length) found.push(current.join("\n"));
    current = [];
  };
  for (const line of text.split("\n")) {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1];
    if (fence) {
      current.push(line);
      if (mark === fence) {
        push();
        fence = null;
      }
    } else if (mark) {
      push();
      fence = mark;
      current.push(line);
    } else if (/^#{1,6}\s/.test(line) || /^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      push();
      found.push(line);
    } else if (!line.trim()) push();
    else {
      if (BULLET.test(line) && current.length && !BULLET.test(current[0]) && !/^\s/.test(line)) push();
      current.push(line);
    }
  }
  push();
  return found;
}

/** Show a Markdown text in an element; parts that have not changed since the last call keep their nodes. */
export function markdown(element, text) {
  const now = parts(text);
  const before = element.parts ?? [];
  let same = 0;
  while (same < now.length && now[same] === before[same]) same += 1;
  while (element.childNodes.length > same) element.lastChild.remove();
  for (const source of now.slice(same)) element.append(h("div", null, part(source)));
  element.parts = now;
}
