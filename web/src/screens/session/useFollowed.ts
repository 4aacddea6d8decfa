import { useEffect, useState } from "react";
import type { Problem } from "../../api/call";
import { DocumentStore } from "../../document/store";
import type { Document } from "../../document/wire";
import { streams } from "../../stream/connection";
import type { Detail } from "./queries";

/** The document of a session, kept up by its stream, and what ended that if something did.
 *
 * Who may only manage it has no stream: for them it is as the detail tells.
 */
export function useFollowed(detail: Detail): { store: DocumentStore; gone: Problem | null } {
  const [store] = useState(() => {
    const made = new DocumentStore();
    made.load(detail.document as Document);
    return made;
  });
  const [gone, setGone] = useState<Problem | null>(null);
  const { id, workspace_id: workspace, document } = detail;
  const unseen = detail.access === "manage";
  useEffect(() => {
    if (unseen) return store.load(document as Document);
  }, [store, unseen, document]);
  useEffect(() => {
    if (unseen) return;
    const from = { after: store.head().seq, snapshot: true };
    const event = store.apply.bind(store);
    return streams(workspace).follow(`session:${id}`, from, { event, gone: setGone });
  }, [store, unseen, workspace, id]);
  return { store, gone };
}
