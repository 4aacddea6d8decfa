// What is one's own: how it looks, and the way out.
import type { MantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useLeave } from "../../screens/signin/session";
import { words } from "../../texts/frame";

export const THEMES = ["light", "dark", "auto"] as const satisfies readonly MantineColorScheme[];

/** Sign out on this device; says so when that failed. */
export function useSignOut(): () => void {
  const leave = useLeave();
  const failed = (error: Error) =>
    notifications.show({ color: "red", title: words.signOutFailed, message: error.message });
  return () => void leave().catch(failed);
}
