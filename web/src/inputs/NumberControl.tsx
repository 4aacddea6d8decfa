import "@mantine/core/styles/NumberInput.css";
import { NumberInput } from "@mantine/core";
import type { ClipboardEvent } from "react";
import type { ControlProps } from ".";
import { around } from "./around";
import { numberOf } from "./values";

/** Takes a number; both a point and a comma may stand before the decimals. */
export function NumberControl(props: ControlProps<"number">) {
  const { spec, value, change } = props;
  // What is typed sign by sign is understood below; what is pasted whole would lose its comma.
  const paste = (event: ClipboardEvent) => {
    const number = numberOf(event.clipboardData.getData("text/plain"));
    if (number === null) return;
    event.preventDefault();
    change(number);
  };
  return (
    <NumberInput
      {...around(props)}
      value={typeof value === "number" || typeof value === "string" ? value : ""}
      onChange={(next) => change(next === "" ? null : next)}
      onPaste={paste}
      disabled={props.disabled}
      allowDecimal={!spec.integer}
      allowedDecimalSeparators={[".", ","]}
      allowNegative={spec.min == null || spec.min < 0}
      min={spec.min ?? undefined}
      max={spec.max ?? undefined}
      step={spec.step ?? 1}
      // What is typed stays as it is: an answer out of bounds is told of, never changed.
      clampBehavior="none"
      suffix={spec.unit ? ` ${spec.unit}` : undefined}
      inputMode={spec.integer ? "numeric" : "decimal"}
      maw={320}
    />
  );
}
