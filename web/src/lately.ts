// Parts of the client that are loaded when they are first needed, and what to do when they can't be.
import { lazyRouteComponent } from "@tanstack/react-router";
import { Problem } from "./api/call";

const KEY = "outlast.reloaded";

/** The script that the page was begun with; another build has another name. */
const entry = () => document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src") ?? "";

/** Whether the server has another build than the one that runs here. Throws a `Problem` when it can't be asked. */
async function isStale(): Promise<boolean> {
  const asked = fetch("/", { cache: "no-store", headers: { accept: "text/html" } });
  const response = await asked.catch(() => {
    throw new Problem({ code: "unreachable", title: "The server can't be reached." });
  });
  return response.ok && !(await response.text()).includes(entry());
}

/** Load a part. After an update of the server, where the old parts are gone, reload the page, once. */
export async function lately<T>(load: () => Promise<T>): Promise<T> {
  try {
    const part = await load();
    sessionStorage.removeItem(KEY);
    return part;
  } catch (error) {
    if (!(await isStale()) || sessionStorage.getItem(KEY) === entry()) throw error;
    sessionStorage.setItem(KEY, entry());
    location.reload();
    return new Promise<never>(() => undefined); // the page goes away
  }
}

/** A screen that is loaded when it is first opened. */
export const screen: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(() => lately(load), name);
