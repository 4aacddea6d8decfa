// What somebody may do with a session. The server decides; this only keeps what it would refuse out of sight.
import type { Schema } from "../../api/call";
import type { Workspace } from "../../api/here";

export type Access = Schema<"SessionItem">["access"];
export type Role = Workspace["role"];

const LEVELS: readonly Access[] = ["manage", "view", "answer", "edit", "owner"];
const ROLES: readonly Role[] = ["viewer", "member", "admin", "owner"];

/** What the viewer may do with a session. */
export interface Rights {
  see: boolean;
  retitle: boolean;
  stop: boolean;
  remove: boolean;
  branch: boolean;
  /** Change with whom it is shared, and when it ends. */
  own: boolean;
  /** See with whom it is shared. */
  seeShares: boolean;
  seeLog: boolean;
  /** Whether an answer of theirs to a question of this audience is taken. */
  answers(audience: string | null): boolean;
}

interface Viewer {
  id: string;
  email: string;
  role: Role;
}

const reaches = (access: Access, level: Access) => LEVELS.indexOf(access) >= LEVELS.indexOf(level);
const ranks = (role: Role, least: Role) => ROLES.indexOf(role) >= ROLES.indexOf(least);

/** What somebody may do with a session of `owner`. */
export function rightsOf(access: Access, owner: string, viewer: Viewer): Rights {
  const acts = ranks(viewer.role, "member");
  const manages = ranks(viewer.role, "admin");
  const edits = acts && reaches(access, "edit");
  const answers = acts && reaches(access, "answer");
  return {
    see: access !== "manage",
    retitle: edits || manages,
    stop: edits || manages,
    remove: (acts && access === "owner") || manages,
    branch: edits,
    own: acts && access === "owner",
    seeShares: edits,
    seeLog: reaches(access, "edit"),
    answers: (audience) => (audience ? acts && fits(audience, owner, viewer) : answers),
  };
}

/** Whether somebody is whom a question is asked of. The workspace's owner always is: somebody must be. */
function fits(audience: string, owner: string, viewer: Viewer): boolean {
  if (viewer.role === "owner") return true;
  if (audience === "owner") return viewer.id === owner;
  const role = ROLES.find((one) => one === audience);
  if (role !== undefined) return ranks(viewer.role, role);
  return audience === viewer.id || audience.toLowerCase() === viewer.email.toLowerCase();
}
