import { Outlet } from "@tanstack/react-router";

/** What stands around every screen of who is signed in. */
export function Frame() {
  return <Outlet />;
}
