import { Outlet } from "@tanstack/react-router";

/** The settings of a workspace, part by part. */
export function Settings() {
  return <Outlet />;
}
