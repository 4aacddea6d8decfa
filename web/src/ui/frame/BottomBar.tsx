import { Indicator, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconDots, IconSearch, type Icon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { words } from "../../texts/frame";
import classes from "./BottomBar.module.css";
import { PLACES } from "./places";
import { useQuestionCount } from "./useQuestions";

interface Props {
  workspace: string | null;
  onPalette: () => void;
  onMore: () => void;
}

/** The ways to what is needed most, at the thumb. */
export function BottomBar({ workspace, onPalette, onMore }: Props) {
  const waiting = useQuestionCount();
  return (
    <nav aria-label={words.navigation} className={classes.bar}>
      {workspace !== null && (
        <>
          <Way workspace={workspace} place="home" />
          <Way workspace={workspace} place="sessions" waiting={waiting} />
          <UnstyledButton className={classes.way} onClick={onPalette}>
            <Sign icon={IconSearch} name={words.search} />
          </UnstyledButton>
          <Way workspace={workspace} place="files" />
        </>
      )}
      <UnstyledButton className={classes.way} onClick={onMore} aria-haspopup="dialog">
        <Sign icon={IconDots} name={words.more} />
      </UnstyledButton>
    </nav>
  );
}

function Way({ workspace, place, waiting = 0 }: { workspace: string; place: keyof typeof PLACES; waiting?: number }) {
  const { to, name, icon } = PLACES[place];
  return (
    <Link to={to} params={{ workspace }} className={classes.way} activeOptions={{ exact: place === "home" }}>
      <Sign icon={icon} name={name} waiting={waiting} />
    </Link>
  );
}

function Sign({ icon: Drawn, name, waiting = 0 }: { icon: Icon; name: string; waiting?: number }) {
  return (
    <>
      <Indicator color="orange" size={8} disabled={!waiting}>
        <Drawn size={22} stroke={1.6} aria-hidden className={classes.sign} />
      </Indicator>
      {name}
      {waiting > 0 && <VisuallyHidden>{words.questions(waiting)}</VisuallyHidden>}
    </>
  );
}
