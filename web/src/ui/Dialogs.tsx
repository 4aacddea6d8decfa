import { lazy, Suspense, useSyncExternalStore } from "react";
import { areWanted, loadModals, watchModals } from "./modals";

const Shown = lazy(async () => ({ default: (await loadModals()).ModalsShown }));

/** Where the dialogs are that calls open. */
export function Dialogs() {
  const shown = useSyncExternalStore(watchModals, areWanted);
  return <Suspense>{shown && <Shown />}</Suspense>;
}
