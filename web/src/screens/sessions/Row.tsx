import "@mantine/core/styles/Checkbox.css";
import { Button, Checkbox, Text } from "@mantine/core";
import { IconAppWindow } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, useState } from "react";
import type { Schema } from "../../api/call";
import { useMe, useWorkspace } from "../../api/here";
import { words } from "../../texts/sessions";
import { Moment } from "../../ui/Moment";
import { StateBadge } from "../../ui/StateBadge";
import { placeOf, restore } from "../session/calls";
import { tellFailure } from "../session/notes";
import { listsChanged, type SessionItem } from "../session/queries";
import classes from "./Rows.module.css";

interface RowProps {
  item: SessionItem;
  app: Schema<"AppItem"> | undefined;
  chosen: boolean;
  toggle: (id: string, on: boolean) => void;
}

/** One session of the list. */
export const Row = memo(function Row({ item, app, chosen, toggle }: RowProps) {
  const { slug } = useWorkspace();
  const title = item.title || app?.title || item.app;
  const params = { workspace: slug, session: item.id };
  return (
    <div className={classes.row} data-chosen={chosen || undefined}>
      <Checkbox
        className={classes.check}
        aria-label={words.select(title)}
        checked={chosen}
        onChange={(event) => toggle(item.id, event.currentTarget.checked)}
      />
      <span className={classes.icon} aria-hidden>
        {app?.icon ?? <IconAppWindow size={18} />}
      </span>
      <div className={classes.main}>
        {item.deleted_at === null ? (
          <Link to="/w/$workspace/sessions/$session" params={params} className={classes.title} title={title}>
            {title}
          </Link>
        ) : (
          <span className={classes.title}>{title}</span>
        )}
        <Text size="xs" c="dimmed" truncate>
          <About item={item} app={app?.title ?? item.app} title={title} />
        </Text>
      </div>
      <div className={classes.state}>
        <StateBadge state={item.state} />
      </div>
      <Text size="xs" c="dimmed" className={classes.time}>
        {item.deleted_at === null ? <Moment at={item.updated_at} /> : <Restore item={item} />}
      </Text>
    </div>
  );
});

/** What is to be known besides the title, which often is that of the app. */
function About({ item, app, title }: { item: SessionItem; app: string; title: string }) {
  const me = useMe();
  const owner = item.user_id === me.id ? "" : words.whoseIs(item.user || item.user_id);
  const whose = owner && ` · ${owner}`;
  if (item.deleted_at !== null)
    return (
      <>
        {app}
        {whose} · {words.deletedAt} <Moment at={item.deleted_at} />
      </>
    );
  if (item.waiting_label) return `${words.asks(item.waiting_label)}${whose}`;
  if (item.state === "hibernated" && item.due_at !== null)
    return (
      <>
        {words.resumes} <Moment at={item.due_at} />
        {whose}
      </>
    );
  return title === app ? owner : `${app}${whose}`;
}

function Restore({ item }: { item: SessionItem }) {
  const [busy, setBusy] = useState(false);
  const run = () => {
    setBusy(true);
    void restore(placeOf(item))
      .then(() => listsChanged(item.workspace_id))
      .catch(tellFailure)
      .finally(() => setBusy(false));
  };
  return (
    <Button variant="default" size="compact-sm" loading={busy} onClick={run}>
      {words.restore}
    </Button>
  );
}
