// Calls of the API by the browser's own cookies: renews them when they are over, asks for a proof when one is wanted.

export const API = "/api/v1";

export class Problem extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? "The server gave no reason.");
    Object.assign(this, problem);
  }
}

let prover = null;

/** Say how to ask the user for a fresh proof of who they are: an async function, true when it was given. */
export function proveBy(ask) {
  prover = ask;
}

let renewing = null;

/** Renew the cookies, once for all that wait for it. */
export function renew() {
  renewing ??= send("POST", "/auth/sessions/refresh", {}).then((response) => response.ok).finally(() => (renewing = null));
  return renewing;
}

async function send(method, path, body, headers = {}) {
  const raw = body instanceof Blob;
  const options = { method, headers: { ...headers }, body: raw ? body : body === undefined ? undefined : JSON.stringify(body) };
  if (body !== undefined) options.headers["content-type"] = raw ? body.type || "application/octet-stream" : "application/json";
  return fetch(API + path, options).catch(() => {
    throw new Problem({ detail: "The server can't be reached; is it running?" });
  });
}

const told = (response) => response.json().catch(() => ({ status: response.status, detail: response.statusText }));

/** Call the API. Throws a Problem that has the fields of the server's: status, code, detail, errors. */
export async function call(method, path, body, headers) {
  for (let tries = 0; ; tries += 1) {
    const response = await send(method, path, body, headers);
    if (response.ok) return JSON.parse((await response.text()) || "null");
    const problem = await told(response);
    const again = tries < 2 && ((problem.code === "unauthenticated" && (await renew())) || (problem.code === "insufficient_user_authentication" && (await prover?.())));
    if (!again) throw new Problem(problem);
  }
}
