// Dialogs that a call opens. What shows them is loaded with the first.
import type { modals as all } from "@mantine/modals";
import { lately } from "../lately";
import { tellFailure } from "./ErrorNote";

type Openers = Pick<typeof all, "open" | "openConfirmModal" | "closeAll">;

let openers: Openers | null = null;
const listeners = new Set<() => void>();
const waiting: ((openers: Openers) => void)[] = [];

/** What is called when the first dialog is wanted; gives what ends that. */
export function watchModals(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Whether there ever was a dialog. */
export const areWanted = (): boolean => waiting.length > 0 || openers !== null;

/** Say how dialogs are opened: what shows them is there. */
export function openBy(given: Openers): void {
  openers = given;
  for (const open of waiting.splice(0)) open(given);
}

/** The part that shows them. */
export const loadModals = () => lately(() => import("./ModalsShown"));

function open(run: (openers: Openers) => void): void {
  if (openers !== null) return run(openers);
  loadModals().then(() => {
    waiting.push(run);
    listeners.forEach((listener) => listener());
  }, tellFailure);
}

export const modals = {
  open: (...given: Parameters<Openers["open"]>): void => open((all) => void all.open(...given)),
  openConfirmModal: (...given: Parameters<Openers["openConfirmModal"]>): void =>
    open((all) => void all.openConfirmModal(...given)),
  closeAll: (): void => openers?.closeAll(),
};
