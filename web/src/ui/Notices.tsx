import { notificationsStore } from "@mantine/notifications";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { lately } from "../lately";

const Shown = lazy(() => lately(() => import("./NoticesShown")).then((module) => ({ default: module.NoticesShown })));

let wanted = false;
const isWanted = () => (wanted ||= notificationsStore.getState().notifications.length > 0);

/** What is told in a corner. It is loaded with the first notice. */
export function Notices() {
  const shown = useSyncExternalStore(notificationsStore.subscribe, isWanted);
  return <Suspense>{shown && <Shown />}</Suspense>;
}
