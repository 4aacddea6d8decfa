// What is to go on with when the browser comes back from a provider's page. It is kept in this tab alone.

/** Why one left, and what is to be done back here. */
export interface Departure {
  aim: "sign-in" | "link" | "prove";
  /** Where one was, or was going. */
  next: string;
  /** What a link brought that waits for the sign-in. */
  brought?: string;
}

const KEY = "outlast.departure";

/** Keep it, and go to the provider's page. */
export function depart(url: string, departure: Departure): void {
  sessionStorage.setItem(KEY, JSON.stringify(departure));
  location.assign(url);
}

/** What was kept, once. */
export function comeBack(): Departure {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return kept === null ? { aim: "sign-in", next: "/" } : (JSON.parse(kept) as Departure);
}
