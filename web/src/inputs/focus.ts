// Where the keyboard goes: never away from somebody who types, and never so that a phone opens its keyboard by itself.
const FIELDS = ["input:not([type=hidden])", "textarea", "button", "[role=slider]", "[contenteditable=true]"];
const USABLE = FIELDS.map((field) => `${field}:not([disabled]):not([tabindex="-1"])`).join(",");

/** Focus the first control of a place. */
export function focusFirst(place: Element | null): void {
  place?.querySelector<HTMLElement>(USABLE)?.focus({ preventScroll: true });
}

/** Focus the first control that is marked as wrong; whether there is one. */
export function focusWrong(place: Element | null): boolean {
  const wrong = place?.querySelector<HTMLElement>("[aria-invalid=true], [data-wrong]");
  const control = wrong?.matches(USABLE) ? wrong : wrong?.querySelector<HTMLElement>(USABLE);
  control?.focus();
  return control != null;
}

/** Whether the keyboard may be taken: nobody is in a field or a dialog, and there is no touch keyboard to open. */
export function mayTakeFocus(): boolean {
  if (window.matchMedia("(pointer: coarse)").matches) return false;
  const at = document.activeElement;
  return at === null || !at.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]");
}
