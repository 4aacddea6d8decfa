// Calls of the API by the browser's own cookies. Renews them when they are over, and asks for a fresh proof of who one
// is where the server wants one.
import createClient from "openapi-fetch";
import { begun } from "../begin";
import type { components, paths } from "./openapi";

/** A body of the API by the name it has in its description. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

interface Told {
  status?: number;
  code?: string;
  title?: string;
  detail?: string;
  errors?: Record<string, string>;
  [more: string]: unknown;
}

/** What went wrong (RFC 9457): `message` is for people and says what to do, `code` is for programs. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** What is wrong by field, `""` for the whole. */
  readonly errors: Record<string, string>;
  /** All that the server told. */
  readonly told: Told;

  constructor(told: Told) {
    super(told.detail ?? told.title ?? "The server gave no reason.");
    this.name = "Problem";
    this.status = told.status ?? 0;
    this.code = told.code ?? "";
    this.errors = told.errors ?? {};
    this.told = told;
  }
}

/** Asks the user to show again who they are; true when they have. */
export type Prover = () => Promise<boolean>;

let prover: Prover = () => Promise.resolve(false);

/** Say how to ask for a fresh proof. */
export function proveBy(ask: Prover): void {
  prover = ask;
}

let renewing: Promise<boolean> | null = null;

/** Renew the cookies, once for all that wait for it; whether there is somebody signed in. */
export function renew(): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  renewing ??= reach(new Request("/api/v1/auth/sessions/refresh", { method: "POST", headers, body: "{}" }))
    .then((response) => response.ok)
    .finally(() => (renewing = null));
  return renewing;
}

async function reach(request: Request): Promise<Response> {
  try {
    return await (begun(request) ?? fetch(request));
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new Problem({
      code: "unreachable",
      detail: "The server can't be reached. Is it running, and are you online?",
    });
  }
}

const WAYS_OUT: Record<string, () => Promise<boolean>> = {
  unauthenticated: renew,
  insufficient_user_authentication: () => prover(),
};

/** `fetch`, but for what can be mended: cookies that are over, a proof that is too old. */
export async function send(request: Request): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    const response = await reach(request.clone());
    if (response.status !== 401 || tries > 1) return response;
    const told = (await response
      .clone()
      .json()
      .catch(() => ({}))) as Told;
    const mend = WAYS_OUT[told.code ?? ""];
    if (mend === undefined || !(await mend())) return response;
  }
}

/** The API, typed by its description: `given(api.GET("/api/v1/auth/me"))`. */
export const api = createClient<paths>({ fetch: send });

/** What a call gives.
 *
 * Throws a `Problem` when the server refused.
 */
export async function given<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) {
    const told = typeof error === "object" && error !== null ? (error as Told) : {};
    throw new Problem({ status: response.status, detail: response.statusText || undefined, ...told });
  }
  return data as T;
}

/** Send a file as a body, and tell how much of it has gone. Aborts with `signal`; throws a `Problem` when refused. */
export function upload<T>(
  path: string,
  file: File,
  { progress, signal }: { progress?: (share: number) => void; signal?: AbortSignal } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => progress?.(event.loaded / Math.max(event.total, 1));
    request.onload = () => {
      const body = (request.responseText ? JSON.parse(request.responseText) : null) as T & Told;
      if (request.status < 300) resolve(body);
      else reject(new Problem({ status: request.status, ...body }));
    };
    request.onerror = () => reject(new Problem({ code: "unreachable", detail: "The upload was cut off; try again." }));
    request.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
