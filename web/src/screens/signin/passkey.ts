// The browser's side of passkeys.
import { Problem } from "../../api/call";
import { words } from "../../texts/signin";

type Options = Record<string, unknown>;
type Credential = Record<string, unknown>;

/** Whether this browser, at this address, can use passkeys. */
export const passkeysWork = (): boolean =>
  typeof PublicKeyCredential !== "undefined" &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential &&
  !/^[\d.:[\]]+$/.test(location.hostname); // browsers make them for names, not for addresses

/** Ask the device for a passkey. Throws a `Problem` when none was given. */
export async function askPasskey(options: Options): Promise<Credential> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
  return answered(() => navigator.credentials.get({ publicKey }));
}

/** Ask the device to make a passkey. Throws a `Problem` when it made none. */
export async function makePasskey(options: Options): Promise<Credential> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never);
  return answered(() => navigator.credentials.create({ publicKey }));
}

async function answered(ask: () => Promise<globalThis.Credential | null>): Promise<Credential> {
  try {
    const given = await ask();
    if (given instanceof PublicKeyCredential) return given.toJSON() as Credential;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "InvalidStateError") throw new Problem({ code: "passkey.there", detail: words.passkeyThere });
    if (error.name === "SecurityError") throw new Problem({ code: "passkey.unsafe", detail: words.passkeyUnsafe });
  }
  throw new Problem({ code: "passkey.none", detail: words.passkeyNone });
}
