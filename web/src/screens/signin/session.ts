// Coming in and going out: what is known of whoever was here before is forgotten in both.
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, given, Problem } from "../../api/call";
import { queries } from "../../api/queries";
import { localPath } from "./arrivals";

/** Go on to where one was going, now that one is signed in. */
export function useEnter(): (next?: string) => void {
  const router = useRouter();
  return (next) => {
    queries.clear();
    router.history.replace(localPath(next));
  };
}

/** Sign out on this device, and show the way in again. Throws a `Problem` when the server can't be told. */
export function useLeave(): () => Promise<void> {
  const router = useRouter();
  return async () => {
    await given(api.DELETE("/api/v1/auth/sessions/current"));
    await router.navigate({ to: "/sign-in", replace: true });
    queries.clear();
  };
}

/** Whether somebody is signed in on this device. */
export async function isSignedIn(): Promise<boolean> {
  const { response } = await api.GET("/api/v1/auth/me");
  return response.ok;
}

const isOver = (error: unknown) =>
  error instanceof Problem && ["unauthenticated", "invalid_token"].includes(error.code);

/** Shows the way in, and back to here afterwards, as soon as the server says that this device is signed out. */
export function useSignedOutWatch(): void {
  const router = useRouter();
  useEffect(() => {
    const leave = () => {
      const { pathname, href } = router.state.location;
      if (pathname === "/sign-in") return;
      void router.navigate({ to: "/sign-in", search: { next: href }, replace: true }).then(() => queries.clear());
    };
    const ends = [queries.getQueryCache(), queries.getMutationCache()].map((cache) =>
      cache.subscribe((event: { type: string; action?: { type: string; error?: unknown } }) => {
        if (event.type === "updated" && event.action?.type === "error" && isOver(event.action.error)) leave();
      }),
    );
    return () => ends.forEach((end) => end());
  }, [router]);
}
