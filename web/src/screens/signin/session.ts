// Coming in and going out: what is known of whoever was here before is forgotten in both.
import { useRouter } from "@tanstack/react-router";
import { api, given } from "../../api/call";
import { queries } from "../../api/queries";
import { localPath } from "./arrivals";

/** Forget what was asked on somebody's behalf; the providers to sign in with are the same for all. */
export function forget(): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "providers" });
  queries.getMutationCache().clear();
}

/** Go on to where one was going, now that one is signed in. */
export function useEnter(): (next?: string) => void {
  const router = useRouter();
  return (next) => {
    forget();
    router.history.replace(localPath(next));
  };
}

/** Sign out on this device, and show the way in again. Throws a `Problem` when the server can't be told. */
export function useLeave(): () => Promise<void> {
  const router = useRouter();
  return async () => {
    await given(api.DELETE("/api/v1/auth/sessions/current"));
    await router.navigate({ to: "/sign-in", replace: true });
    forget();
  };
}

/** Whether somebody is signed in on this device. */
export async function isSignedIn(): Promise<boolean> {
  const { response } = await api.GET("/api/v1/auth/me");
  return response.ok;
}
