import { useBlocker } from "@tanstack/react-router";
import { words } from "../../texts/settings";
import { modals } from "../../ui/modals";

/** Ask before a screen with changes is left. */
export function useLeaving(dirty: boolean): void {
  useBlocker({
    disabled: !dirty,
    enableBeforeUnload: dirty,
    shouldBlockFn: ({ current, next }) =>
      current.pathname !== next.pathname &&
      new Promise<boolean>((stay) => {
        modals.openConfirmModal({
          title: words.leaveTitle,
          centered: true,
          children: words.leaveText,
          labels: { confirm: words.leaveDo, cancel: words.stay },
          confirmProps: { color: "red" },
          onConfirm: () => stay(false),
          onCancel: () => stay(true),
          onClose: () => stay(true),
        });
      }),
  });
}
