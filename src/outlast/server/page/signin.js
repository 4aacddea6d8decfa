// Signing in by whatever way the account has, links of mails, and the proof that some changes ask for.
import { h } from "./text.js";
import { call, proveBy } from "./api.js";
import { action, field, form, passkey, passkeys } from "./forms.js";

/** Make a log-in's first step; when the account wants a second one, go on with that. */
async function enter(main, done, path, body) {
  try {
    await call("POST", path, body);
  } catch (problem) {
    if (problem.code !== "auth.second_factor_required") throw problem;
    return secondStep(main, done, problem);
  }
  done();
}

function secondStep(main, done, { pending, factors }) {
  const finish = async (proof) => {
    await call("POST", "/auth/sessions/second-factor", { pending, ...proof });
    done();
  };
  const byCode = factors.includes("totp") || factors.includes("recovery");
  const code = field(factors.includes("totp") ? "Code of your app, or a recovery code" : "Recovery code", { name: "code", autocomplete: "one-time-code", required: true });
  const byPasskey = async () => finish({ credential: await passkey((await call("POST", "/auth/sessions/second-factor/options", { pending })).options) });
  main.replaceChildren(
    h("h1", null, "One more step"),
    byCode ? form([code], "Continue", finish) : "",
    factors.includes("passkey") && passkeys() ? action("Use a passkey", byPasskey) : "",
  );
  main.querySelector("input")?.focus();
}

/** Show the ways to sign in. `done` is called when one has led in. */
export async function signIn(main, done, said = "", invite = null) {
  const { items } = await call("GET", "/auth/providers");
  const email = field("E-mail", { name: "email", type: "email", autocomplete: "username", required: true });
  const password = field("Password", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const byPasskey = async () => {
    const { options } = await call("POST", "/auth/sessions/passkey/options", {});
    await call("POST", "/auth/sessions/passkey", { credential: await passkey(options) });
    done();
  };
  const leave = (provider) => async () => location.assign((await call("POST", `/auth/providers/${provider}/sign-in`, {})).url);
  main.replaceChildren(
    h("h1", null, "Sign in"),
    said ? h("p", { role: "status" }, said) : "",
    h("p.quiet", null, "Or open the link that the server printed when it started."),
    form([email, password], "Sign in", (given) => enter(main, done, "/auth/sessions", given)),
    passkeys() ? action("Use a passkey", byPasskey) : "",
    ...items.map((provider) => action(`Sign in with ${provider.title}`, leave(provider.name))),
    h("p.bar", null, h("button.link", { type: "button", click: () => forgot(main, done) }, "Forgot your password?"), h("button.link", { type: "button", click: () => register(main, done, invite) }, "Make an account")),
  );
}

function register(main, done, invite) {
  const fields = [
    field("Name", { name: "name", autocomplete: "name", required: true }),
    field("E-mail", { name: "email", type: "email", autocomplete: "username", required: true, value: invite?.email ?? "" }),
    field("Password", { name: "password", type: "password", autocomplete: "new-password", minLength: 8, required: true }),
  ];
  const send = async (given) => {
    await call("POST", "/auth/users", invite ? { ...given, invite: invite.token } : given);
    // Who was invited has proved the address by reading the mail.
    if (invite) return enter(main, done, "/auth/sessions", { email: given.email, password: given.password });
    await signIn(main, done, "A mail is on its way: open its link, then sign in here.");
  };
  main.replaceChildren(h("h1", null, "Make an account"), form(fields, "Make it", send));
}

function forgot(main, done) {
  const email = field("E-mail", { name: "email", type: "email", autocomplete: "username", required: true });
  const send = async (given) => {
    await call("POST", "/auth/password/forgot", given);
    await signIn(main, done, "If there is such an account, a mail with a link is on its way.");
  };
  main.replaceChildren(h("h1", null, "Forgot your password?"), form([email], "Send a mail", send));
}

function newPassword(main, done, token) {
  const password = field("New password", { name: "password", type: "password", autocomplete: "new-password", minLength: 8, required: true });
  const send = async (given) => {
    await call("POST", "/auth/password/reset", { token, ...given });
    await signIn(main, done, "Your password is set; all your devices were signed out.");
  };
  main.replaceChildren(h("h1", null, "Set a new password"), form([password], "Set it", send));
}

const SECRET = /^#(code|verify|reset|change|invite)=(.+)$/;

/** Whether an address's fragment holds a secret that the page is to post. */
export const arrivesBy = (hash) => SECRET.test(hash);

/** What the address brought: `#code=…` of a link, a mail's token, or a return from a provider. It is taken off at once. */
export function arrival() {
  const provider = /^\/oidc\/([a-z0-9-]+)$/.exec(location.pathname)?.[1];
  const hash = SECRET.exec(location.hash);
  const query = new URLSearchParams(location.search);
  if (!provider && !hash) return null;
  history.replaceState(null, "", "/#/");
  if (hash) return { what: hash[1], token: decodeURIComponent(hash[2]) };
  const { state = "", code = "", iss = null, error = "" } = Object.fromEntries(query);
  return { what: "provider", provider, answer: { state, code, iss, error } };
}

/** Do what the address asked for; POSTs, as to open a page must change nothing. */
export async function arrive(main, done, { what, token, provider, answer }) {
  try {
    if (what === "code") return await enter(main, done, "/auth/sessions", { code: token });
    if (what === "provider") return await enter(main, done, `/auth/providers/${provider}/callback`, answer);
    if (what === "invite") return await invited(main, done, token);
    if (what === "reset") return newPassword(main, done, token);
    await call("POST", what === "verify" ? "/auth/email/verify" : "/auth/email/change", { token });
    await signIn(main, done, "Thank you: the address is confirmed.");
  } catch (problem) {
    // A link that was used before is no news to who is signed in already.
    if (await signedIn()) return done();
    await signIn(main, done, problem.message);
  }
}

const signedIn = () => call("GET", "/auth/me").then(() => true, () => false);

/** Show an invitation; it is accepted by a click, after signing in if need be. */
async function invited(main, done, token) {
  const invite = await call("POST", "/workspaces/invites/preview", { token });
  const show = async () => {
    const accept = async () => {
      await call("POST", "/workspaces/invites/accept", { token });
      location.reload();
    };
    main.replaceChildren(
      h("h1", null, invite.workspace_name),
      h("p", null, `${invite.invited_by} invites you (${invite.email}) as ${invite.role}.`),
      action("Accept", accept),
    );
  };
  if (await signedIn()) return show();
  await signIn(main, show, `Sign in, or make an account, to join ${invite.workspace_name}.`, { token, email: invite.email });
}

/** Ask for a fresh proof in a dialog over the page; true when it was given. */
proveBy(
  () =>
    new Promise((resolve) => {
      const finish = (proved) => {
        dialog.close();
        dialog.remove();
        resolve(proved);
      };
      const send = async (given) => {
        const proof = given.password ? { password: given.password } : { code: given.code };
        await call("POST", "/auth/reauthenticate", proof);
        finish(true);
      };
      const byPasskey = async () => {
        const { options } = await call("POST", "/auth/reauthenticate/options", {});
        await call("POST", "/auth/reauthenticate", { passkey: await passkey(options) });
        finish(true);
      };
      const dialog = h(
        "dialog",
        { cancel: () => finish(false) },
        h("h2", null, "Is it you?"),
        form([field("Password", { name: "password", type: "password", autocomplete: "current-password" }), field("or a code of your app", { name: "code", autocomplete: "one-time-code" })], "Confirm", send),
        passkeys() ? action("Use a passkey", byPasskey) : "",
        h("button.link", { type: "button", click: () => finish(false) }, "Cancel"),
      );
      document.body.append(dialog);
      dialog.showModal();
    }),
);
