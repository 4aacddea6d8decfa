import { words } from "../../texts/people";
import type { Member } from "./queries";

/** Whether a member has all words of a search in their name, address or role. */
export function fits(member: Member, search: string): boolean {
  const text = `${member.name} ${member.email} ${words.roles[member.role]}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
