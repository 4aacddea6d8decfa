import { Modal } from "@mantine/core";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { proveBy } from "../api/call";
import { words } from "../texts/signin";

const Proof = lazy(async () => ({ default: (await import("../screens/signin/Proof")).Proof }));

/** Asks for a fresh proof of who one is, where the server wants one. */
export function ProofDialog() {
  const [asking, setAsking] = useState(false);
  const asked = useRef<{ promise: Promise<boolean>; settle: (proved: boolean) => void } | null>(null);
  useEffect(() => {
    // Several calls may want a proof at once; one answers them all.
    proveBy(() => {
      if (asked.current === null) {
        let settle: (proved: boolean) => void = () => undefined;
        const promise = new Promise<boolean>((resolve) => (settle = resolve));
        asked.current = { promise, settle };
        setAsking(true);
      }
      return asked.current.promise;
    });
  }, []);
  const finish = (proved: boolean) => {
    asked.current?.settle(proved);
    asked.current = null;
    setAsking(false);
  };
  return (
    <Modal opened={asking} onClose={() => finish(false)} title={words.proofTitle} centered zIndex={400}>
      <Suspense fallback={null}>
        <Proof proved={() => finish(true)} cancel={() => finish(false)} />
      </Suspense>
    </Modal>
  );
}
