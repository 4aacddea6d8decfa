import { VisuallyHidden } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import { words } from "../../texts/frame";
import classes from "./Pending.module.css";

/** A thin bar at the top while a screen is on its way. */
export function Pending() {
  const pending = useRouterState({ select: ({ status }) => status === "pending" });
  if (!pending) return null;
  return (
    <div className={classes.bar}>
      <VisuallyHidden>{words.loading}</VisuallyHidden>
    </div>
  );
}
