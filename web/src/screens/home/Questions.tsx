import { Stack } from "@mantine/core";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/home";
import { questions } from "../../ui/frame/asked";
import { Part } from "./Part";
import { SessionRow } from "./SessionRow";
import classes from "./rows.module.css";

/** The questions that wait for an answer of mine. Nothing where there are none. */
export function Questions() {
  const { id } = useWorkspace();
  const { data = [] } = useQuery(questions(id));
  if (data.length === 0) return null;
  return (
    <Part title={words.questions}>
      <Stack component="ul" gap={0} className={classes.list}>
        {data.slice(0, 8).map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            sign={<IconMessageQuestion size={18} stroke={1.6} aria-hidden className={classes.asks} />}
            title={session.waiting_label || session.title || session.app}
            hint={words.asked(session.title || session.app)}
          />
        ))}
      </Stack>
    </Part>
  );
}
