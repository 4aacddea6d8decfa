import { Avatar, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMe } from "../../api/here";
import { words } from "../../texts/session";
import { Hint } from "../../ui/Hint";
import { Person } from "../../ui/Person";
import type { Place } from "./calls";
import { participants } from "./queries";

const SHOWN = 4;

/** Who else looks at a session now; nothing while it is the viewer alone. */
export function Participants({ place }: { place: Place }) {
  const me = useMe();
  const { data = [] } = useQuery(participants(place.workspace, place.id));
  const others = data.filter((one) => one.user_id !== me.id);
  if (others.length === 0) return null;
  const names = others.map((one) => one.user).join(", ");
  return (
    <Hint label={words.looking(names)} multiline maw="20rem">
      <div>
        <VisuallyHidden>{words.looking(names)}</VisuallyHidden>
        <Avatar.Group aria-hidden spacing="xs">
          {others.slice(0, SHOWN).map((one) => (
            <Person key={one.user_id} id={one.user_id} name={one.user} />
          ))}
          {others.length > SHOWN && <Avatar size="sm">{`+${others.length - SHOWN}`}</Avatar>}
        </Avatar.Group>
      </div>
    </Hint>
  );
}
