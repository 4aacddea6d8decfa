import { Text } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconEyeOff } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useMe, useWorkspace } from "../../api/here";
import { DocumentProvider, useHeadPart } from "../../blocks/DocumentContext";
import { DocumentView } from "../../blocks/DocumentView";
import { Docking, DockingContext, useWaiting } from "../../inputs/docking";
import { words as common } from "../../texts/everywhere";
import { words } from "../../texts/session";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { modals } from "../../ui/modals";
import { rightsOf, type Rights } from "./access";
import { actionsOf, placeOf } from "./calls";
import { ConnectionLine } from "./ConnectionLine";
import { Dock } from "./Dock";
import { Ending } from "./Ending";
import { Header, type Opens } from "./Header";
import { tellFailure } from "./notes";
import { Origin } from "./Origin";
import { Printed, usePrinting } from "./Printed";
import type { Held } from "./queries";
import classes from "./Session.module.css";
import { useCommands, type Commands } from "./useCommands";
import { useFollowed } from "./useFollowed";
import { useTouch } from "./useTouch";

const Details = lazy(async () => ({ default: (await import("./Details")).Details }));
const StopDialog = lazy(async () => ({ default: (await import("./StopDialog")).StopDialog }));
const ShareDialog = lazy(async () => ({ default: (await import("./ShareDialog")).ShareDialog }));

interface ShownProps {
  held: Held;
  /** Ask for the session again: what can be seen of it changed. */
  again: () => void;
}

/** A session that can be seen, or at least managed. */
export function Shown({ held, again }: ShownProps) {
  const { detail } = held;
  const me = useMe();
  const { role } = useWorkspace();
  const { store, gone } = useFollowed(detail);
  const commands = useCommands(detail.id);
  const rights = useMemo(
    () => rightsOf(detail.access, detail.user_id, { ...me, role }),
    [detail.access, detail.user_id, me, role],
  );
  const { workspace_id: workspace, id } = detail;
  const actions = useMemo(
    () => actionsOf({ workspace, id }, rights.answers, rights.branch ? commands.branch : null),
    [workspace, id, rights, commands],
  );
  const docking = useMemo(() => new Docking(store, actions.mayAnswer), [store, actions]);
  useEffect(() => {
    if (gone?.status === 404) again();
  }, [gone, again]);
  if (gone !== null && gone.status !== 404)
    return (
      <div className={classes.note}>
        <ErrorNote error={gone} retry={again} />
      </div>
    );
  return (
    <DocumentProvider source={store} actions={actions}>
      <DockingContext value={docking}>
        <Screen held={held} rights={rights} commands={commands} docking={docking} />
      </DockingContext>
    </DocumentProvider>
  );
}

interface ScreenProps {
  held: Held;
  rights: Rights;
  commands: Commands;
  docking: Docking;
}

function Screen({ held, rights, commands, docking }: ScreenProps) {
  const { detail } = held;
  const over = useHeadPart("over");
  const app = useHeadPart("app");
  const place = useMemo(() => placeOf(detail), [detail]);
  const title = useTitle(useHeadPart("title"), detail.title) || app;
  const { printing, print } = usePrinting();
  const [open, setOpen] = useState<"share" | "details" | "stop" | null>(null);
  const close = () => setOpen(null);
  useTouch(place, rights.branch && !over);
  const opens: Opens = {
    share: () => setOpen("share"),
    details: () => setOpen("details"),
    stop: () => setOpen("stop"),
    remove: () => confirmRemoval(over, () => void commands.remove(title).catch(tellFailure)),
    print,
  };
  if (printing)
    return (
      <DockingContext value={null}>
        <Printed title={title} ending={{ rights, commands }} />
      </DockingContext>
    );
  return (
    <div className={classes.screen}>
      <TabTitle title={title} docking={docking} />
      <Header held={held} title={title} rights={rights} opens={opens} />
      {rights.see ? (
        <>
          <ConnectionLine workspace={place.workspace} />
          <div className={classes.document}>
            <DocumentView follow header={<Origin />} footer={<Ending rights={rights} commands={commands} />} />
          </div>
          <Dock docking={docking} />
        </>
      ) : (
        <Unseen owner={detail.user || detail.user_id} />
      )}
      <Suspense>
        {open === "share" && <ShareDialog place={place} owns={rights.own} close={close} />}
        {open === "details" && <Details held={held} rights={rights} close={close} />}
        {open === "stop" && <StopDialog place={place} close={close} />}
      </Suspense>
    </div>
  );
}

/** The title that was told last: the stream of a session that has ended tells no new ones. */
function useTitle(streamed: string, held: string): string {
  const [known, setKnown] = useState({ streamed, held, title: streamed || held });
  if (known.streamed === streamed && known.held === held) return known.title;
  const title = known.held === held ? streamed : held;
  setKnown({ streamed, held, title });
  return title;
}

function TabTitle({ title, docking }: { title: string; docking: Docking }) {
  useDocumentTitle(words.tab(common.pageTitle(title), useWaiting(docking).length > 0));
  return null;
}

function confirmRemoval(over: boolean, remove: () => void): void {
  if (over) return remove(); // it is as it was once it is restored
  modals.openConfirmModal({
    title: words.removing.title,
    children: <Text size="sm">{words.removing.text}</Text>,
    labels: { confirm: words.remove, cancel: words.removing.keep },
    confirmProps: { color: "red" },
    centered: true,
    onConfirm: remove,
  });
}

function Unseen({ owner }: { owner: string }) {
  return (
    <div className={classes.unseen}>
      <Empty icon={IconEyeOff} title={words.managed.title} text={words.managed.text(owner)} />
    </div>
  );
}
