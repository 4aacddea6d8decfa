// What is typed after the palette was asked for, and before its field can take it.

/** Keeps keys from what is on the page, for a field that is on its way. */
export class Strokes {
  #text = "";
  #keeps = false;
  #leave: () => void = () => undefined;

  /** From now on keys are kept; gives up what was kept before. Escape calls `leave`: nobody waits any more. */
  keep(leave: () => void): void {
    this.#text = "";
    this.#leave = leave;
    if (this.#keeps) return;
    this.#keeps = true;
    window.addEventListener("keydown", this.#press, { capture: true });
  }

  /** What was typed; from now on keys go where they always go. */
  give(): string {
    this.#keeps = false;
    window.removeEventListener("keydown", this.#press, { capture: true });
    const text = this.#text;
    this.#text = "";
    return text;
  }

  readonly #press = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || event.isComposing) return;
    if (key.length === 1) this.#text += key;
    else if (key === "Backspace") this.#text = this.#text.slice(0, -1);
    else if (key === "Escape") {
      this.give();
      this.#leave();
    } else if (key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** Those for the palette. */
export const strokes = new Strokes();
