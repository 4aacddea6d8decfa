import { useEffect, useEffectEvent } from "react";
import { api, given } from "../../api/call";
import { offerPasskey, passkeysFill } from "./passkey";

const ASKED_ANEW_MS = 4 * 60_000; // before the server forgets what it asked

/** Offer passkeys in the field for the address while it is there and nothing else goes on. `chosen` signs in by one. */
export function usePasskeyOffer(busy: boolean, chosen: (credential: Record<string, unknown>) => void): void {
  const choose = useEffectEvent(chosen);
  useEffect(() => {
    if (busy) return;
    const gone = new AbortController();
    const offer = async () => {
      if (!(await passkeysFill())) return;
      while (!gone.signal.aborted) {
        const { options } = await given(api.POST("/api/v1/auth/sessions/passkey/options"));
        const anew = AbortSignal.timeout(ASKED_ANEW_MS);
        const credential = await offerPasskey(options, AbortSignal.any([gone.signal, anew]));
        if (credential !== null) choose(credential);
        if (!anew.aborted) return;
      }
    };
    void offer().catch(() => undefined); // the other ways are there, and say what is wrong
    return () => gone.abort();
  }, [busy]);
}
