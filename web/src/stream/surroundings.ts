// What a connection needs of the browser, so that a test can give it its own.
import { renew } from "../api/call";

/** What is around a connection. */
export interface Surroundings {
  fetch(address: string, options: { headers: Record<string, string>; signal: AbortSignal }): Promise<Response>;
  /** Renew what says who is signed in; whether there is somebody. */
  renew(): Promise<boolean>;
  /** Tells of `visibilitychange`, `freeze` and `resume`. */
  page: EventTarget & { readonly visibilityState: DocumentVisibilityState };
  /** Tells of `online`, `offline`, `pagehide` and `pageshow`. */
  window: EventTarget;
  /** Milliseconds that never go back. */
  now(): number;
  /** Call later; gives what takes that back. */
  later(ms: number, call: () => void): () => void;
  /** Let the page draw and answer, when it has much to do. */
  breathe(): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

/** Those of the tab. */
export const browser = (): Surroundings => ({
  fetch: (address, options) => fetch(address, options),
  renew,
  page: document,
  window,
  now: () => performance.now(),
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  breathe,
  random: Math.random,
});

/** Not by a timer: those are slowed down when they are many, and in a tab that is hidden. */
function breathe(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
