// Forms that tell beside their button what was wrong, and the browser's side of passkeys.
import { h } from "./text.js";

export const field = (label, props) => h("label.field", null, h("span.label", null, label), h("input", props));
export const moment = (at) => new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Whether this browser, at this address, can use passkeys. */
export const passkeys = () => typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** A form that sends its fields, and says beside its button what was wrong. */
export function form(fields, label, send) {
  const wrong = h("p.wrong", { role: "alert" });
  const button = h("button.main", null, label);
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    wrong.textContent = "";
    try {
      await send(Object.fromEntries(new FormData(event.target)));
    } catch (problem) {
      wrong.textContent = Object.values(problem.errors ?? {})[0] ?? problem.message;
    }
    button.disabled = false;
  };
  return h("form", { submit }, fields, wrong, h("div.bar", null, button));
}

/** A button whose click may fail, with the words beside it. */
export function action(label, act) {
  const wrong = h("p.wrong", { role: "alert" });
  const click = () => act().catch((problem) => (wrong.textContent = problem.name === "NotAllowedError" ? "No passkey was used." : problem.message));
  return h("div", null, h("button", { type: "button", click }, label), wrong);
}

/** Ask the device for a passkey. */
export async function passkey(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}

/** Ask the device to make a passkey. */
export async function newPasskey(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}
