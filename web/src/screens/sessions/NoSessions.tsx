import { Button } from "@mantine/core";
import { IconFilterOff, IconInbox, IconTrash, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/sessions";
import { Empty } from "../../ui/Empty";
import type { SessionsSearch } from "./search";

/** Why the list is empty, and the way out of it. */
export function NoSessions({ search, narrow }: { search: SessionsSearch; narrow: (by: SessionsSearch) => void }) {
  const { slug } = useWorkspace();
  const { which = "mine", deleted, state, app, text } = search;
  if (state ?? app ?? text)
    return (
      <Empty
        icon={IconFilterOff}
        {...words.empty.filtered}
        action={
          <Button variant="default" onClick={() => narrow({ which, deleted })}>
            {words.clear}
          </Button>
        }
      />
    );
  if (deleted)
    return (
      <Empty
        icon={IconTrash}
        {...words.empty.deleted}
        action={
          <Button variant="default" onClick={() => narrow({ which })}>
            {words.empty.back}
          </Button>
        }
      />
    );
  const start = (
    <Button renderRoot={(props) => <Link to="/w/$workspace" params={{ workspace: slug }} {...props} />}>
      {words.new}
    </Button>
  );
  return (
    <Empty
      icon={which === "shared" ? IconUsers : IconInbox}
      {...words.empty[which]}
      action={which === "shared" ? undefined : start}
    />
  );
}
