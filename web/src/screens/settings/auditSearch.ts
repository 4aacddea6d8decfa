// Which entries of the audit trail are shown, as the address says it.

export interface AuditSearch {
  actor?: string;
  verb?: string;
  target?: string;
  result?: "ok" | "denied" | "failed";
  /** The first day, in the reader's own zone: `2026-11-01`. */
  from?: string;
  /** The last day. */
  to?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const RESULTS = ["ok", "denied", "failed"] as const;

const text = (given: unknown) => (typeof given === "string" && given.length > 0 ? given.slice(0, 200) : undefined);

function day(given: unknown): string | undefined {
  return typeof given === "string" && DAY.test(given) && !Number.isNaN(Date.parse(given)) ? given : undefined;
}

/** What an address says, without what makes no sense. */
export function auditSearch(given: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {
    actor: text(given.actor),
    verb: text(given.verb),
    target: text(given.target),
    result: RESULTS.find((result) => result === given.result),
    from: day(given.from),
    to: day(given.to),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The same as the server takes it: days become moments, the last one is included. */
export function asked({ from, to, ...rest }: AuditSearch) {
  return {
    ...rest,
    ...(from && { from: midnight(from, 0).toISOString() }),
    ...(to && { to: midnight(to, 1).toISOString() }),
  };
}

function midnight(day: string, later: number): Date {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later);
}
