import { Suspense, useEffect, useRef, useState } from "react";
import { proveBy } from "../api/call";
import { part } from "../lately";
import { tellFailure } from "./ErrorNote";

const Shown = part(async () => (await import("./ProofShown")).ProofShown);

/** Asks for a fresh proof of who one is, where the server wants one. */
export function ProofDialog() {
  const [asking, setAsking] = useState<"never" | "now" | "no">("never");
  const asked = useRef<{ promise: Promise<boolean>; settle: (proved: boolean) => void } | null>(null);
  const finish = (proved: boolean) => {
    asked.current?.settle(proved);
    asked.current = null;
    setAsking((now) => (now === "never" ? now : "no"));
  };
  useEffect(() => {
    // Several calls may want a proof at once; one answers them all.
    proveBy(() => {
      if (asked.current === null) {
        let settle: (proved: boolean) => void = () => undefined;
        const promise = new Promise<boolean>((resolve) => (settle = resolve));
        asked.current = { promise, settle };
        Shown.load().then(
          () => setAsking("now"),
          (error: unknown) => {
            tellFailure(error);
            finish(false);
          },
        );
      }
      return asked.current.promise;
    });
  }, []);
  if (asking === "never") return null;
  return (
    <Suspense>
      <Shown asking={asking === "now"} finish={finish} />
    </Suspense>
  );
}
