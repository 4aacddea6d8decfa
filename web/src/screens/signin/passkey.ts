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

// The one that is offered. A device asks one thing at a time: whatever else it is asked ends the offer.
let offered: AbortController | null = null;

/** Whether this browser can offer passkeys among what it fills into a field. */
export const passkeysFill = async (): Promise<boolean> =>
  passkeysWork() &&
  "isConditionalMediationAvailable" in PublicKeyCredential &&
  (await PublicKeyCredential.isConditionalMediationAvailable());

/** Offer passkeys where an address is filled in, quietly; null when none was chosen before `signal` ended the offer. */
export async function offerPasskey(options: Options, signal: AbortSignal): Promise<Credential | null> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
  offered?.abort();
  const offer = (offered = new AbortController());
  const ended = AbortSignal.any([offer.signal, signal]);
  try {
    const given = await navigator.credentials.get({ publicKey, mediation: "conditional", signal: ended });
    return given instanceof PublicKeyCredential ? (given.toJSON() as Credential) : null;
  } catch {
    return null; // the ways that are shown are there
  }
}

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
  offered?.abort();
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
