// One's own account: the devices that are signed in, and the ways to sign in.
import { h } from "./text.js";
import { call } from "./api.js";
import { action, field, form, moment, newPasskey, passkeys } from "./forms.js";

/** Show the account, and again after each change. */
export async function account(main) {
  const [me, devices, keys, factors] = await Promise.all([call("GET", "/auth/me"), call("GET", "/auth/sessions"), call("GET", "/auth/passkeys"), call("GET", "/auth/factors")]);
  const again = (codes) => account(main).then(() => codes?.length && main.prepend(written(codes)));
  main.replaceChildren(
    h("h1", null, me.name),
    h("p.quiet", null, me.email),
    h("h2", null, "Your devices"),
    ...deviceList(devices.items, again),
    h("h2", null, "Passkeys"),
    ...passkeyList(keys.items, again),
    h("h2", null, "Authenticator app"),
    factors.totp ? action("Remove the app", () => call("DELETE", "/auth/totp").then(() => again())) : action("Add an app", () => addApp(main, again)),
    h("h2", null, "Password"),
    passwordForm(me, again),
  );
}

function deviceList(items, again) {
  const row = (device) =>
    h(
      "div.row",
      null,
      h("b", null, device.label),
      h("small", null, device.current ? "this device" : device.ip),
      h("small", null, moment(device.last_used_at)),
      device.current ? "" : action("Sign out", () => call("DELETE", `/auth/sessions/${device.id}`).then(() => again())),
    );
  const others = () => call("DELETE", "/auth/sessions?others=true").then(() => again());
  return [h("div.rows", null, items.map(row)), items.length > 1 ? action("Sign out all others", others) : ""];
}

function passkeyList(items, again) {
  const row = (key) =>
    h(
      "div.row",
      null,
      h("b", null, key.name),
      h("small", null, key.last_used_at ? `used ${moment(key.last_used_at)}` : "not used yet"),
      action("Remove", () => call("DELETE", `/auth/passkeys/${key.id}`).then(() => again())),
    );
  const add = async () => {
    const { options } = await call("POST", "/auth/passkeys/options", {});
    const made = await call("POST", "/auth/passkeys", { credential: await newPasskey(options) });
    await again(made.recovery_codes);
  };
  return [items.length ? h("div.rows", null, items.map(row)) : "", passkeys() ? action("Add a passkey", add) : h("p.quiet", null, "This browser makes none here.")];
}

async function addApp(main, again) {
  const { secret, uri } = await call("POST", "/auth/totp", {});
  const confirm = async (given) => again((await call("POST", "/auth/totp/confirm", given)).recovery_codes);
  main.replaceChildren(
    h("h1", null, "Add an authenticator app"),
    h("p", null, "Give the app this key, or ", h("a", { href: uri }, "open it here"), ":"),
    h("pre", null, secret),
    form([field("Code that the app shows", { name: "code", autocomplete: "one-time-code", required: true })], "Turn it on", confirm),
  );
}

function passwordForm(me, again) {
  const present = me.has_password ? [field("Present password", { name: "password", type: "password", autocomplete: "current-password", required: true })] : [];
  const following = field("New password", { name: "new_password", type: "password", autocomplete: "new-password", minLength: 8, required: true });
  return form([...present, following], me.has_password ? "Change it" : "Set a password", (given) => call("POST", "/auth/password", given).then(() => again()));
}

/** Recovery codes, to be written down: they are not shown again. */
function written(codes) {
  return h("div.note.warning", { role: "status" }, h("p", null, "Write these down: each lets you in once, should you lose your device."), h("pre", null, codes.join("\n")));
}
