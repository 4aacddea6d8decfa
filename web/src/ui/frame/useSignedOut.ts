import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Problem } from "../../api/call";
import { forget } from "../../screens/signin/session";
import { words } from "../../texts/frame";

const SIGNED_OUT = "unauthenticated";

/** Whether an error tells that nobody is signed in any more: cookies that are over were renewed before it. */
export const tellsSignedOut = (error: unknown): boolean =>
  error instanceof Problem && error.status === 401 && error.code === SIGNED_OUT;

/** Show the way in when this device was signed out elsewhere, and come back to here after it. Gives who tells so. */
export function useSignedOut(): (error: unknown) => void {
  const client = useQueryClient();
  const router = useRouter();
  const told = (error: unknown) => {
    const { pathname, href } = router.state.location;
    if (!tellsSignedOut(error) || pathname === "/sign-in") return;
    notifications.show({ id: SIGNED_OUT, title: words.signedOut, message: words.signedOutText, autoClose: 10_000 });
    void router.navigate({ to: "/sign-in", search: { next: href }, replace: true }).then(forget);
  };
  useEffect(() => {
    const stops = [
      client.getQueryCache().subscribe((event) => {
        if (event.type === "updated" && event.action.type === "error") told(event.action.error);
      }),
      client.getMutationCache().subscribe((event) => {
        if (event.type === "updated" && event.action.type === "error") told(event.action.error);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  });
  return told;
}
