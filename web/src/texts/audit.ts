// What the audit trail says.

export const words = {
  list: "Entries",
  text: "What was done and refused in this workspace. Entries can't be changed or removed.",
  filters: "Filters",
  who: "Who",
  anybody: "Anybody",
  what: "What",
  anything: "Anything",
  formerMember: "a former member",
  target: "About",
  targetHint: "Id of anything",
  result: "Result",
  anyResult: "Any result",
  when: "When",
  anyTime: "Any time",
  presets: { today: "Today", week: "Last 7 days", month: "Last 30 days" },
  clear: "Clear filters",
  results: { ok: "Done", denied: "Refused", failed: "Failed" },
  at: "Time",
  from: "From",
  server: "The server",
  somebody: "somebody",
  none: "Nothing yet",
  noneText: "What people do here will be listed, with who did it, when and from where.",
  noneFits: "Nothing fits these filters",
  noneFitsText: "Widen the time, or take a filter away.",
  more: "Show more",
  showDetails: (what: string) => `Details: ${what}`,

  export: "Export",
  csv: "As a table (CSV)",
  json: "As JSON, one entry a line",
  exportHint: "What the filters let through, all pages of it.",
  exportMissing: "The licence does not include export. The list can be read here in full.",
  exportFailed: "The export did not start",

  details: "Entry",
  close: "Close",
  code: "Reason",
  as: "Acting as",
  device: "Device",
  token: "Access token",
  address: "Network address",
  program: "Program",
  request: "Request",
  id: "Entry",
  json_: "Details as JSON",
  copy: "Copy",
  copied: "Copied",
  onlyActor: "Only what they did",
  onlyTarget: "Only what was done to it",
  onlyVerb: "Only this kind",
};

const THINGS: Record<string, string> = {
  app: "apps",
  audit: "the audit trail",
  dead_letter: "failed deliveries",
  file: "files",
  invite: "invites",
  license: "the licence",
  login_session: "devices",
  member: "members",
  session: "sessions",
  share: "shares",
  stream: "live updates",
  upload: "uploads",
  workspace: "the workspace",
};

/** A change of role. */
export const fromTo = (was: string, now: string): string => `${was} → ${now}`;

/** All verbs of a kind of thing: `member.*`. */
export const allOf = (thing: string): string => `Everything about ${THINGS[thing] ?? spaced(thing)}`;

/** The things that a filter offers, with the verbs that people look for. */
export const VERBS: Record<string, Record<string, string>> = {
  member: { add: "Joined", set_role: "Changed a role", remove: "Removed a member", list: "Looked at members" },
  invite: {
    create: "Invited somebody",
    resend: "Sent an invite again",
    revoke: "Revoked an invite",
    accept: "Accepted an invite",
    list: "Looked at invites",
  },
  workspace: {
    create: "Created the workspace",
    update: "Changed the settings",
    leave: "Left the workspace",
    transfer: "Handed over ownership",
    delete: "Deleted the workspace",
    restore: "Restored the workspace",
    purge: "Workspace removed for good",
    follow: "Followed the workspace",
    get: "Opened the workspace",
  },
  session: {
    start: "Started an app",
    deleted: "Deleted a session",
    restored: "Restored a session",
    purged: "Session removed for good",
    delete: "Deleted a session",
    restore: "Restored a session",
    answer: "Answered a question",
    cancel: "Stopped a session",
    branch: "Branched a session",
    update: "Changed a session",
    get: "Opened a session",
    list: "Looked at sessions",
    export: "Exported a session",
    history: "Read a session's history",
    participants: "Looked at who takes part",
    touch: "Was seen in a session",
    upload: "Attached a file",
    file: "Read a session's file",
    follow: "Followed a session",
  },
  share: {
    create: "Shared a session",
    open: "Opened a shared link",
    revoke: "Ended a share",
    list: "Looked at shares",
  },
  file: {
    upload: "Uploaded a file",
    rename: "Renamed a file",
    delete: "Deleted a file",
    deleted: "Deleted a file",
    read: "Downloaded a file",
    get: "Looked at a file",
    list: "Looked at files",
  },
  license: {
    install: "Installed a licence",
    get: "Looked at the licence",
    clock_set_back: "The clock was set back",
  },
  audit: { list: "Read the audit trail", export: "Exported the audit trail" },
  dead_letter: { list: "Looked at failed deliveries", retry: "Tried a delivery again", delete: "Gave a delivery up" },
  token: { create: "Made an access token", revoke: "Revoked an access token" },
  login_session: { open: "Signed in", end: "Signed a device out", prove: "Proved who they are" },
  user: { impersonate: "Acted as somebody", set_access: "Changed an account's access" },
};

/** What a verb of the trail means; one without words is told as it is. */
export function meaning(verb: string): string {
  const [thing = "", ...does] = verb.split(".");
  return VERBS[thing]?.[does.join(".")] ?? capital(`${spaced(thing)}: ${spaced(does.join(" "))}`);
}

const spaced = (name: string) => name.replaceAll("_", " ");
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
