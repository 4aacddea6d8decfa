import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Schema } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/home";
import { AppIcon } from "../../ui/AppIcon";
import classes from "./Apps.module.css";

export type App = Schema<"AppItem">;

/** The first line of what an app says of itself, without the signs of Markdown. */
export const firstLine = (doc: string | undefined): string =>
  (doc ?? "")
    .trim()
    .split("\n", 1)
    .join("")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`#]+/g, "");

/** An app; all of the card is the way to its start. Who only looks on sees it. */
export function AppCard({ app }: { app: App }) {
  const { slug, role } = useWorkspace();
  const inner = (
    <>
      <span className={classes.sign}>
        <AppIcon icon={app.icon} size={20} />
      </span>
      <span className={classes.text}>
        <Text span size="sm" fw={600} truncate>
          {app.title}
        </Text>
        <Text span size="xs" c="dimmed" lineClamp={2}>
          {firstLine(app.doc) || words.noDoc}
        </Text>
      </span>
    </>
  );
  if (role === "viewer") return <div className={classes.card}>{inner}</div>;
  return (
    <Link to="/w/$workspace/start/$app" params={{ workspace: slug, app: app.id }} className={classes.card}>
      {inner}
    </Link>
  );
}
