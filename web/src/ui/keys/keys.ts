// What keys do, as far as they need no field: single ones, and two in a row.

export type Deed = "palette" | "list" | "new" | "field" | "home" | "sessions" | "files" | "people" | "settings";

/** What is pressed for what. Two keys are pressed one after the other. */
export const KEYS: Readonly<Record<string, Deed>> = {
  "?": "list",
  n: "new",
  "/": "field",
  "g h": "home",
  "g s": "sessions",
  "g f": "files",
  "g p": "people",
  "g ,": "settings",
};

/** How long the second key may take. */
const PATIENCE = 1500;

interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** Reads keys as they are pressed. */
export class Reader {
  #first = "";
  #at = 0;

  /** What a key, maybe with the one before it, is for; null for nothing. */
  read({ key, ctrlKey, metaKey, altKey }: Press, now: number): Deed | null {
    const first = now - this.#at < PATIENCE ? this.#first : "";
    this.#first = "";
    if (ctrlKey || metaKey || altKey) {
      return key.toLowerCase() === "k" && !altKey ? "palette" : null;
    }
    const deed = KEYS[first ? `${first} ${key}` : key];
    if (deed === undefined && Object.keys(KEYS).some((keys) => keys.startsWith(`${key} `))) {
      this.#first = key;
      this.#at = now;
    }
    return deed ?? null;
  }
}

/** Whether keys pressed there are meant as text, or for what is there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const fields =
    "input, textarea, select, [contenteditable]:not([contenteditable=false]), [role=combobox], [role=grid]";
  return target.closest(fields) !== null || target.closest("[role=dialog], [role=menu], [role=listbox]") !== null;
}
