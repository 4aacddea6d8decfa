import { Outlet } from "@tanstack/react-router";

/** One's own account, part by part. */
export function Account() {
  return <Outlet />;
}
