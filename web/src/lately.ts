// Parts of the client that are loaded when they are first needed, and what to do when they can't be.
import { lazyRouteComponent } from "@tanstack/react-router";
import { createElement, lazy, useState, type ComponentType } from "react";
import { Problem } from "./api/call";

const KEY = "outlast.reloaded";
const AGAIN_MS = 1_000;

/** The script that the client is in; another build has another name. */
const entry = () =>
  [...document.querySelectorAll<HTMLScriptElement>("script[type=module][src]")].at(-1)?.getAttribute("src") ?? "";

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

/** A component that is loaded when it is first shown, or asked for. Once it is there, it is shown without a wait. */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let there: ComponentType<Props> | null = null;
  let loading: Promise<ComponentType<Props>> | null = null;
  const begin = (): Promise<ComponentType<Props>> => {
    if (loading === null) {
      loading = lately(load);
      loading.then(
        (component) => (there = component),
        () => setTimeout(forget, AGAIN_MS), // the network was away
      );
    }
    return loading;
  };
  const awaited = () => lazy(async () => ({ default: await begin() }));
  let Awaited = awaited();
  const forget = () => {
    loading = null;
    Awaited = awaited();
  };
  const Part = (props: Props) => createElement(useState(() => there ?? Awaited)[0], props);
  return Object.assign(Part, { load: begin });
}

/** A screen that is loaded when it is first opened. */
export const screen: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(() => lately(load), name);
