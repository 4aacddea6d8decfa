import { ActionIcon, Button, Group, useMatches } from "@mantine/core";
import { IconArrowLeft, IconDots, IconInfoCircle, IconPlayerStop, IconShare3 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useWorkspace } from "../../api/here";
import { useHeadPart, useInput } from "../../blocks/DocumentContext";
import { part } from "../../lately";
import { words } from "../../texts/session";
import { MenuButton } from "../../ui/MenuButton";
import { StateBadge } from "../../ui/StateBadge";
import type { Rights } from "./access";
import { placeOf } from "./calls";
import classes from "./Header.module.css";
import { Participants } from "./Participants";
import type { Held } from "./queries";
import { Title } from "./Title";

const MoreItems = part(async () => (await import("./MoreItems")).MoreItems);

/** What the header opens. */
export interface Opens {
  share(): void;
  details(): void;
  stop(): void;
  remove(): void;
  print(): void;
}

/** What the header shows. */
export interface HeaderProps {
  held: Held;
  title: string;
  rights: Rights;
  opens: Opens;
}

/** What a session is called, how it stands, and what can be done with it. */
export function Header({ held, title, rights, opens }: HeaderProps) {
  const { slug } = useWorkspace();
  const over = useHeadPart("over");
  return (
    <header className={classes.header}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={words.back}
        renderRoot={(props) => <Link to="/w/$workspace/sessions" params={{ workspace: slug }} {...props} />}
      >
        <IconArrowLeft size={18} className={classes.back} />
      </ActionIcon>
      <div className={classes.name}>
        <Title place={placeOf(held.detail)} title={title} etag={held.etag} editable={rights.retitle} />
        <State />
      </div>
      <Group className={classes.actions} gap="xs" wrap="nowrap">
        {rights.see && <Participants place={placeOf(held.detail)} />}
        <Buttons rights={rights} opens={opens} over={over} />
        <More held={held} rights={rights} opens={opens} title={title} over={over} />
      </Group>
    </header>
  );
}

function State() {
  const asked = useInput(useHeadPart("waitingInput") ?? "");
  const label = useMatches({ base: undefined, sm: asked?.label }); // a phone shows it right below
  return <StateBadge state={useHeadPart("state")} waitingLabel={label} />;
}

function Buttons({ rights, opens, over }: Pick<HeaderProps, "rights" | "opens"> & { over: boolean }) {
  return (
    <Group gap="xs" wrap="nowrap" visibleFrom="sm">
      {rights.stop && !over && (
        <Button variant="default" size="xs" leftSection={<IconPlayerStop size={16} />} onClick={() => opens.stop()}>
          {words.stop}
        </Button>
      )}
      {rights.seeShares && (
        <Button variant="default" size="xs" leftSection={<IconShare3 size={16} />} onClick={() => opens.share()}>
          {words.share}
        </Button>
      )}
      {rights.see && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.details} onClick={() => opens.details()}>
          <IconInfoCircle size={18} />
        </ActionIcon>
      )}
    </Group>
  );
}

function More(given: HeaderProps & { over: boolean }) {
  return (
    <MenuButton menu={MoreItems} given={given}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.menu}>
        <IconDots size={18} />
      </ActionIcon>
    </MenuButton>
  );
}
