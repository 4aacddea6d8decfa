// Whom or what an entry of the audit trail is about, as far as it says so itself.
import { words as people } from "../../texts/people";
import { fromTo, words } from "../../texts/audit";
import type { Entry } from "./queries";

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** In one line; null where there is nothing to say beyond the verb. */
export function subject(entry: Entry, nameOf: (user: string) => string | null): string | null {
  const { details, target, code } = entry;
  const role = roleOf(details.role);
  const was = roleOf(details.was);
  const user = text(details.user) ?? (target?.type === "member" ? target.id : null);
  const who = text(details.email) ?? (user === null ? null : (nameOf(user) ?? words.formerMember));
  const what = text(details.name) ?? text(details.title) ?? text(details.plan);
  const given = role === null ? null : was === null ? role : fromTo(was, role);
  const parts = [who, given, what, code].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(", ") : null;
}

function roleOf(value: unknown): string | null {
  const known = people.roles as Record<string, string>;
  return typeof value === "string" ? (known[value]?.toLowerCase() ?? value) : null;
}
