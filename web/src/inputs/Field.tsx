import { Skeleton } from "@mantine/core";
import { Suspense, type ReactNode } from "react";
import { takes, type Control, type ControlProps } from ".";
import type { InputKind } from "../document/model";
import { JsonControl } from "./parts";

type Props = Omit<ControlProps<InputKind>, "spec"> & {
  kind: string;
  spec: Readonly<Record<string, unknown>>;
  /** Shown with the control, once it is loaded. */
  children?: ReactNode;
};

const HEIGHTS: Record<string, number> = { date: 62, time: 62, datetime: 62, upload: 132, edit_table: 180, form: 240 };

/** The control of any kind; an editor of JSON for a kind that is not known. */
export function Field({ kind, spec, children, ...props }: Props) {
  const Takes = ((takes as Record<string, unknown>)[kind] ?? JsonControl) as Control<never>;
  return (
    <Suspense fallback={<Skeleton height={HEIGHTS[kind] ?? 60} />}>
      <Takes {...props} spec={spec as never} />
      {children}
    </Suspense>
  );
}
