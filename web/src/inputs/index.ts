// Every kind of question and the control that takes its answer. A new kind is one file here and one line in this table.
import type { ComponentType } from "react";
import type { InputKind, Inputs } from "../document/model";
import { ChatControl } from "./ChatControl";
import { ChooseControl } from "./ChooseControl";
import { ConfirmControl } from "./ConfirmControl";
import * as parts from "./parts";
import { TextControl } from "./TextControl";

/** A control: shows `value` below `label`, tells each change. It has no buttons that send, but those that are answers.
 *
 * A value of `null` is no answer yet. `error` is what is wrong with the value; the control is marked by it.
 */
export interface ControlProps<Kind extends InputKind> {
  /** Of the element that the label names; unique on the page. */
  id: string;
  label: string;
  spec: Inputs[Kind];
  value: unknown;
  change(value: unknown): void;
  /** Change by what the value is at that time, for what takes long. */
  update(next: (now: unknown) => unknown): void;
  /** Send the answer: on Enter, or by a control whose choice is the answer. */
  submit(value: unknown): void;
  error?: string;
  /** By the field's input id, for forms. */
  errors?: Record<string, string>;
  disabled: boolean;
  /** One of several: its choice alone is no answer, and a mark tells whether it is needed. */
  field?: boolean;
}

/** What can take an answer. */
export type Control<Kind extends InputKind> = ComponentType<ControlProps<Kind>>;

type Takes = { [Kind in InputKind]?: Control<Kind> };

/** What takes the answers of each kind. */
export const takes: Takes = {
  text: TextControl,
  number: parts.NumberControl,
  slider: parts.SliderControl,
  confirm: ConfirmControl,
  approve: parts.ApproveControl,
  choose: ChooseControl,
  choose_many: parts.ChooseManyControl,
  date: parts.DateControl,
  time: parts.TimeControl,
  datetime: parts.DateTimeControl,
  upload: parts.UploadControl,
  edit_table: parts.EditTableControl,
  chat: ChatControl,
  form: parts.FormControl,
};
