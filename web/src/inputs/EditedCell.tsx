import "@mantine/core/styles/Checkbox.css";
import { Checkbox } from "@mantine/core";
import dayjs from "dayjs";
import { useState } from "react";
import { fits, textIn, valueOf, type Column } from "./cells";
import styles from "./EditTableControl.module.css";
import { offsetAt } from "./moments";

interface Props {
  /** `row:column`, by which it is found again. */
  name: string;
  column: Column;
  label: string;
  value: unknown;
  change(value: unknown): void;
  disabled: boolean;
}

const ZONED = /(Z|[+-]\d{2}:?\d{2})$/i;
const TYPES: Record<string, string> = { date: "date", datetime: "datetime-local" };

/** One cell, edited as its column's type is. */
export function EditedCell({ name, column, label, value, change, disabled }: Props) {
  // What is typed stays as it is until the cell is left: `1.` is on its way to `1.5`.
  const [typed, setTyped] = useState<string | null>(null);
  if (column.type === "boolean" && (value === null || typeof value === "boolean"))
    return (
      <Checkbox
        data-cell={name}
        className={styles.check}
        checked={value === true}
        indeterminate={value === null}
        onChange={(event) => change(event.currentTarget.checked)}
        aria-label={label}
        disabled={disabled}
      />
    );
  const type = TYPES[column.type ?? ""];
  const zoned = typeof value === "string" && ZONED.test(value);
  const moment = column.type === "datetime" && typeof value === "string";
  const shown = moment ? (zoned ? dayjs(value) : value.replace(" ", "T").slice(0, 16)) : textIn(value);
  const write = (text: string) => {
    setTyped(text);
    const [day = "", time = ""] = text.split("T");
    change(moment && zoned && time !== "" ? `${text}${offsetAt(day, time)}` : valueOf(column, text));
  };
  const text = typeof shown === "string" ? shown : shown.format("YYYY-MM-DDTHH:mm");
  return (
    <input
      data-cell={name}
      className={styles.cell}
      type={type ?? "text"}
      inputMode={column.type === "number" ? "decimal" : undefined}
      data-number={column.type === "number" || undefined}
      value={typed ?? text}
      onChange={(event) => write(event.currentTarget.value)}
      onBlur={() => setTyped(null)}
      aria-label={label}
      aria-invalid={!fits(column, value) || undefined}
      disabled={disabled}
      autoComplete="off"
    />
  );
}
