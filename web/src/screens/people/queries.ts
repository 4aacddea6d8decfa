// What the people of a workspace are asked by, and changed with.
import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import { api, given, Problem, type Schema } from "../../api/call";
import type { Role } from "./roles";

export type Member = Schema<"MemberItem">;
export type Invite = Schema<"InviteItem">;
export type Mail = Schema<"OutboxMail">;

/** Everything about people, for whoever changed some of it. */
export const peopleKeys = (workspace: string) =>
  ["members", "invites", "license", "audit"].map((part) => ["workspace", workspace, part] as const);

/** Ask anew for everything about people. */
export const askPeople = (client: QueryClient, workspace: string) =>
  Promise.all(peopleKeys(workspace).map((queryKey) => client.invalidateQueries({ queryKey })));

/** The members of a workspace, page by page. */
export const members = (workspace: string) =>
  infiniteQueryOptions({
    queryKey: ["workspace", workspace, "members", "pages"],
    queryFn: ({ pageParam: cursor }) =>
      given(
        api.GET("/api/v1/workspaces/{workspace_id}/members", {
          params: { path: { workspace_id: workspace }, query: { limit: 100, cursor } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });

/** The invites of a workspace, the newest first. */
export const invites = (workspace: string, state: "open" | "all") =>
  infiniteQueryOptions({
    queryKey: ["workspace", workspace, "invites", state],
    queryFn: ({ pageParam: cursor }) =>
      given(
        api.GET("/api/v1/workspaces/{workspace_id}/invites", {
          params: { path: { workspace_id: workspace }, query: { state, limit: 50, cursor } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });

/** The licence as admins see it, with the version that a change of it must name. */
export const license = (workspace: string) =>
  queryOptions({
    queryKey: ["workspace", workspace, "license"],
    queryFn: async () => {
      const call = api.GET("/api/v1/workspaces/{workspace_id}/license", {
        params: { path: { workspace_id: workspace } },
      });
      return { ...(await given(call)), tag: await tagOf(call) };
    },
  });

/** The mails that a laptop keeps because it has no mail server; null where they are really sent. */
export const outbox = queryOptions({
  queryKey: ["outbox"],
  queryFn: async (): Promise<Mail[] | null> => {
    try {
      return (await given(api.GET("/api/v1/dev/outbox"))).items;
    } catch (error) {
      if (error instanceof Problem && error.code === "mail.no_outbox") return null;
      throw error;
    }
  },
});

/** The version that an answer is of, for `If-Match`. */
export const tagOf = async (call: Promise<{ response: Response }>): Promise<string> =>
  (await call).response.headers.get("etag") ?? "*";

/** Thrown where a thing is no longer as the screen shows it. */
export const stale = () => new Problem({ status: 412, code: "precondition_failed" });

/** The present version of a member, if they are still as shown. */
async function tagOfMember(workspace: string, shown: Member): Promise<string> {
  const call = api.GET("/api/v1/workspaces/{workspace_id}/members/{user_id}", {
    params: { path: { workspace_id: workspace, user_id: shown.user_id } },
  });
  if ((await given(call)).version !== shown.version) throw stale();
  return tagOf(call);
}

const placeOf = async (workspace: string, member: Member) => ({
  path: { workspace_id: workspace, user_id: member.user_id },
  header: { "if-match": await tagOfMember(workspace, member) },
});

/** Give a member another role, if they are still as shown. */
export const setRole = async (workspace: string, member: Member, role: Role) =>
  given(
    api.PATCH("/api/v1/workspaces/{workspace_id}/members/{user_id}", {
      params: await placeOf(workspace, member),
      body: { role },
    }),
  );

/** Take a member out, if they are still as shown. */
export const removeMember = async (workspace: string, member: Member) =>
  given(
    api.DELETE("/api/v1/workspaces/{workspace_id}/members/{user_id}", { params: await placeOf(workspace, member) }),
  );

/** The link of an invite, out of the mail that a laptop kept. */
export function linkIn(mails: readonly Mail[] | null | undefined, email: string, workspace: string): string | null {
  for (const mail of mails ?? []) {
    if (mail.to.toLowerCase() !== email.toLowerCase()) continue;
    const link = /https?:\/\/\S+#invite=\S+/.exec(mail.text)?.[0];
    if (link?.endsWith(`.${workspace}`)) return link;
  }
  return null;
}
