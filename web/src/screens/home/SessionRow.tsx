import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useWorkspace } from "../../api/here";
import type { SessionItem } from "../../ui/frame/asked";
import { Moment } from "../../ui/Moment";
import classes from "./rows.module.css";

interface Props {
  session: SessionItem;
  title: string;
  hint?: string;
  sign?: ReactNode;
  /** What stands before the time. */
  end?: ReactNode;
}

/** A session in a list; all of it is the way there. */
export function SessionRow({ session, title, hint, sign, end }: Props) {
  const { slug } = useWorkspace();
  return (
    <li>
      <Link
        to="/w/$workspace/sessions/$session"
        params={{ workspace: slug, session: session.id }}
        className={classes.row}
      >
        {sign}
        <span className={classes.text}>
          <Text span size="sm" fw={500} truncate>
            {title}
          </Text>
          {hint && (
            <Text span size="xs" c="dimmed" truncate>
              {hint}
            </Text>
          )}
        </span>
        {end}
        <Text span size="xs" c="dimmed" className={classes.when}>
          <Moment at={session.updated_at} />
        </Text>
      </Link>
    </li>
  );
}
