import type { UseFormReturnType } from "@mantine/form";
import { useState } from "react";
import { Problem } from "../../api/call";
import { words } from "../../texts/signin";

/** What is wrong as a sentence: "must have 8 characters" stands behind its field's name on the server. */
export const sentence = (why: string): string => {
  const begun = why.charAt(0).toLocaleUpperCase() + why.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

/** What to tell people about an error, whatever it is. */
export function told(error: unknown): string {
  // A proof was asked for, and not given.
  if (error instanceof Problem && error.code === "insufficient_user_authentication") return words.notProved;
  return error instanceof Error ? error.message : String(error);
}

/** Something that may fail, with what to show while it goes on and when it did. */
export function useAct(): {
  busy: boolean;
  wrong: string | null;
  act: (what: () => Promise<unknown>) => Promise<void>;
  clear: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setWrong(null);
    try {
      await what();
    } catch (error) {
      setWrong(told(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, wrong, act, clear: () => setWrong(null) };
}

/** Sends a form. What the server says of a field stands beside that field, all else in `wrong`.
 *
 * `names` are the form's names of fields that the server names otherwise.
 */
export function useSend<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  send: (values: Values) => Promise<unknown>,
  names: Record<string, string> = {},
) {
  const { busy, wrong, act } = useAct();
  const submit = form.onSubmit((values) => {
    void act(async () => {
      try {
        await send(values);
      } catch (error) {
        const beside = besideFields(error, Object.keys(values), names);
        if (Object.keys(beside).length === 0) throw error;
        form.setErrors(beside);
      }
    });
  });
  return { busy, wrong, submit };
}

function besideFields(error: unknown, fields: readonly string[], names: Record<string, string>) {
  const told = error instanceof Problem ? Object.entries(error.errors) : [];
  const named = told.map(([field, why]) => [names[field] ?? field, sentence(why)] as const);
  return Object.fromEntries(named.filter(([field]) => fields.includes(field)));
}
