// What a chart tells of the mark under the pointer. The words are the app's: they are put in as text alone.
import type { TooltipHandler } from "vega";
import { isRecord } from "./drawing";
import classes from "./tooltip.module.css";

function line(name: string, value: unknown): HTMLElement[] {
  const [key, said] = [document.createElement("span"), document.createElement("span")];
  key.className = classes.key ?? "";
  key.textContent = name;
  said.textContent = typeof value === "object" ? JSON.stringify(value) : String(value);
  return [key, said];
}

/** A tooltip of one chart, and what takes it away. */
export function tooltip(): { handler: TooltipHandler; end(): void } {
  const box = document.createElement("div");
  box.className = classes.tooltip ?? "";
  box.hidden = true;
  document.body.append(box);
  const handler: TooltipHandler = (_, event, __, value: unknown) => {
    box.hidden = value === null || value === undefined || value === "";
    if (box.hidden) return;
    const named = isRecord(value) ? Object.entries(value).filter(([key]) => key !== "image") : null;
    if (named !== null) box.replaceChildren(...named.flatMap(([key, inside]) => line(key, inside)));
    else box.textContent = String(value);
    const { clientX: x, clientY: y } = event;
    const [room, below] = [innerWidth - box.offsetWidth - 8, innerHeight - box.offsetHeight - 8];
    box.style.left = `${String(Math.max(8, Math.min(x + 12, room)))}px`;
    box.style.top = `${String(Math.max(8, y + 12 > below ? y - box.offsetHeight - 12 : y + 12))}px`;
  };
  return { handler, end: () => box.remove() };
}
