// Links that bring something in with them, behind `#`: `#code=…`, `#invite=…`.

export const ARRIVALS = ["code", "invite", "verify", "reset", "change", "share"] as const;
export type Arrival = (typeof ARRIVALS)[number];

/** Whether what stands behind the `#` of an address is for the client to use up. */
export function brings(hash: string): boolean {
  return ARRIVALS.some((kind) => hash.startsWith(`${kind}=`));
}

/** What a link brought: its kind, and the secret that is used up once. */
export interface Brought {
  kind: Arrival;
  token: string;
}

/** Read what the router kept of a link; null when there is nothing good in it. */
export function broughtBy(kept: string | undefined): Brought | null {
  const [name = "", ...rest] = (kept ?? "").split("=");
  const kind = ARRIVALS.find((one) => one === name);
  const token = decoded(rest.join("="));
  return kind !== undefined && token !== "" ? { kind, token } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // a link that was cut in the middle of an escape
  }
}

const NOT_AGAIN = /^\/(sign-in|arrive|oidc)(\/|$)/;

/** Where to go after signing in: an address of this client and no other, `/` when what was asked is none. */
export function localPath(next: unknown, origin: string = location.origin): string {
  // Browsers read `/\` as `//`, and leave out tabs and line breaks: what is left could be another site's address.
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next) || /[\\\p{Cc}]/u.test(next)) return "/";
  if (!URL.canParse(next, origin)) return "/";
  const url = new URL(next, origin);
  if (url.origin !== origin || url.pathname.startsWith("//") || NOT_AGAIN.test(url.pathname)) return "/";
  return url.pathname + url.search + url.hash;
}
