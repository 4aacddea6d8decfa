// What the account's screens ask of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, given } from "../../api/call";
import { me, queries, workspaces } from "../../api/queries";

/** Where one is signed in, this device first; asked again now and then, as that changes elsewhere. */
export const devices = queryOptions({
  queryKey: ["account", "devices"],
  queryFn: async () => {
    const { items } = await given(api.GET("/api/v1/auth/sessions"));
    return items.toSorted((one, other) => Number(other.current) - Number(one.current));
  },
  staleTime: 0,
  refetchInterval: 20_000,
});

/** How the account is guarded besides by its password. */
export const factors = queryOptions({
  queryKey: ["account", "factors"],
  queryFn: () => given(api.GET("/api/v1/auth/factors")),
});

/** The account's passkeys. */
export const passkeys = queryOptions({
  queryKey: ["account", "passkeys"],
  queryFn: async () => (await given(api.GET("/api/v1/auth/passkeys"))).items,
});

/** The providers that the server knows. */
export const providers = queryOptions({
  queryKey: ["providers"],
  queryFn: async () => (await given(api.GET("/api/v1/auth/providers"))).items,
});

/** The providers that the account is linked to. */
export const links = queryOptions({
  queryKey: ["account", "links"],
  queryFn: async () => (await given(api.GET("/api/v1/auth/links"))).items,
});

/** Invites to one's own address. */
export const invites = queryOptions({
  queryKey: ["account", "invites"],
  queryFn: async () => (await given(api.GET("/api/v1/workspaces/invites"))).items,
});

/** Ask again for what may have changed of the account. */
export const accountChanged = (): Promise<void> => queries.invalidateQueries({ queryKey: ["account"] });

/** Ask again where one is a member, before one goes there. */
export async function workspacesChanged(): Promise<void> {
  await Promise.all([queries.refetchQueries(workspaces), queries.refetchQueries(me), accountChanged()]);
}
