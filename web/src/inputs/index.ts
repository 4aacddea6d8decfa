// Every kind of question and the control that takes its answer. A new kind is one file here and one line in this table.
import type { ComponentType } from "react";
import type { InputKind, Inputs } from "../document/model";

/** A control: shows `value`, tells each change. It has no label, no button and no error of its own to place.
 *
 * A value of `null` is no answer yet. `error` is what the server said of the value; the control is marked by it.
 */
export interface ControlProps<Kind extends InputKind> {
  /** Of the element that a label names. */
  id: string;
  spec: Inputs[Kind];
  value: unknown;
  change(value: unknown): void;
  /** Send the answer: on Enter, or by a control whose choice is the answer. */
  submit(value: unknown): void;
  error?: string;
  /** By the field's input id, for forms. */
  errors?: Record<string, string>;
  disabled: boolean;
  describedBy?: string;
}

type Takes = { [Kind in InputKind]?: ComponentType<ControlProps<Kind>> };

/** What takes the answers of each kind. */
export const takes: Takes = {};
