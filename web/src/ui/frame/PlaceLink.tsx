import { Badge, Indicator, NavLink, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { words } from "../../texts/frame";
import { Hint } from "../Hint";
import classes from "./Navigation.module.css";
import { PLACES, type PlaceName } from "./places";
import { useQuestionCount } from "./useQuestions";

interface Props {
  place: PlaceName;
  workspace: string;
  /** Show its icon alone. */
  narrow: boolean;
  onGo?: () => void;
}

/** A way to a screen of the workspace; to sessions with the number of questions that wait there. */
export function PlaceLink({ place, workspace, narrow, onGo }: Props) {
  const { to, name, icon: Sign } = PLACES[place];
  const count = useQuestionCount();
  const waiting = place === "sessions" ? count : 0;
  const hint = waiting ? `${name}: ${words.questions(waiting)}` : name;
  return (
    <Hint label={hint} position="right" disabled={!narrow}>
      <NavLink
        label={narrow ? undefined : name}
        aria-label={narrow ? hint : undefined}
        className={classes.link}
        leftSection={
          <Indicator color="orange" size={8} disabled={!narrow || !waiting}>
            <Sign size={18} stroke={1.6} aria-hidden className={classes.sign} />
          </Indicator>
        }
        rightSection={!narrow && waiting ? <Count count={waiting} /> : undefined}
        onClick={onGo}
        renderRoot={(props) => (
          <Link to={to} params={{ workspace }} activeOptions={{ exact: place === "home" }} {...props} />
        )}
      />
    </Hint>
  );
}

function Count({ count }: { count: number }) {
  return (
    <>
      <Badge size="sm" variant="default" circle={count < 10} className={classes.count} aria-hidden>
        {count > 99 ? "99+" : count}
      </Badge>
      <VisuallyHidden>{words.questions(count)}</VisuallyHidden>
    </>
  );
}
