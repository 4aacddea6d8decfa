import type { TooltipProps } from "@mantine/core";
import { Suspense, useEffect, useRef, useState, type PointerEvent, type ReactNode } from "react";
import { part } from "../lately";

const Shown = part(async () => (await import("./HintShown")).HintShown);

interface Props extends Pick<TooltipProps, "label" | "position" | "multiline" | "maw"> {
  /** How long the pointer rests there before it is shown. */
  delayMs?: number;
  disabled?: boolean;
  children: ReactNode;
}

/** A word about what the pointer rests on. What shows it is loaded with the first. */
export function Hint({ delayMs = 400, disabled = false, children, ...props }: Props) {
  const [target, setTarget] = useState<Element | null>(null);
  const waits = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hide = () => {
    clearTimeout(waits.current);
    setTarget(null);
  };
  const enter = ({ pointerType, currentTarget }: PointerEvent) => {
    if (pointerType === "touch") return;
    void Shown.load().catch(() => undefined);
    waits.current = setTimeout(() => setTarget(currentTarget.firstElementChild), delayMs);
  };
  useEffect(() => () => clearTimeout(waits.current), []);
  return (
    <span style={{ display: "contents" }} onPointerEnter={enter} onPointerLeave={hide} onPointerDown={hide}>
      {children}
      {target !== null && !disabled && (
        <Suspense>
          <Shown target={target as HTMLElement} {...props} />
        </Suspense>
      )}
    </span>
  );
}
