import type { ErrorComponentProps } from "@tanstack/react-router";

/** A screen that could not be shown: what went wrong, and the ways out. */
export function Failed({ error }: ErrorComponentProps) {
  return <p role="alert">{error instanceof Error ? error.message : String(error)}</p>;
}
