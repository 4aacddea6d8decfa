// Who may give which role: nobody reaches above their own.
import type { Schema } from "../../api/call";

export type Role = Schema<"MemberItem">["role"];

/** All roles, the lowest first. */
export const ROLES: readonly Role[] = ["viewer", "member", "admin", "owner"];

/** Whether a role may do all that another may. */
export const reaches = (own: Role, other: Role): boolean => ROLES.indexOf(own) >= ROLES.indexOf(other);

/** Whether a role manages people and settings. */
export const manages = (own: Role): boolean => reaches(own, "admin");

/** The roles that somebody may give. */
export const givable = (own: Role): readonly Role[] => ROLES.filter((role) => manages(own) && reaches(own, role));
