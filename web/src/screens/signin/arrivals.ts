// Links that bring something in with them, behind `#`: `#code=…`, `#invite=…`.

export const ARRIVALS = ["code", "invite", "verify", "reset", "email", "share"] as const;
export type Arrival = (typeof ARRIVALS)[number];

/** Whether what stands behind the `#` of an address is for the client to use up. */
export function brings(hash: string): boolean {
  return ARRIVALS.some((kind) => hash.startsWith(`${kind}=`));
}
