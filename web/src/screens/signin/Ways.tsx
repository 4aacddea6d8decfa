import { useState } from "react";
import { api, given, type Schema } from "../../api/call";
import { words } from "../../texts/signin";
import type { Departure } from "./departures";
import type { News } from "./fields";
import { Forgot } from "./Forgot";
import { PasswordStep } from "./PasswordStep";
import { Register, type Invited } from "./Register";
import { pendingOf, SecondStep, type Pending } from "./SecondStep";

type Step = "start" | "forgot" | "register" | Pending;

interface Props {
  /** Called when somebody is signed in. */
  entered: () => void;
  departure: Departure;
  said?: News | null;
  lead?: string;
  invited?: Invited | null;
  first?: Step;
}

/** Whether the server runs on this machine, and its link can be found beside. */
const isHere = () => ["localhost", "127.0.0.1"].includes(location.hostname);

/** Signing in, step by step, by whatever way the account has. */
export function Ways({
  entered,
  departure,
  said = null,
  lead = isHere() ? words.leadHere : words.lead,
  invited = null,
  first = "start",
}: Props) {
  const [step, setStep] = useState<Step>(first);
  const [news, setNews] = useState(said);
  const back = (why?: string): void => {
    setNews(why === undefined ? null : { text: why, bad: true });
    setStep("start");
  };
  const signIn = async (body: Schema<"LogIn">) => {
    try {
      await given(api.POST("/api/v1/auth/sessions", { body }));
    } catch (error) {
      const pending = pendingOf(error);
      if (pending === null) throw error;
      return setStep(pending);
    }
    entered();
  };
  if (step === "forgot") return <Forgot back={back} />;
  if (step === "register") return <Register invited={invited} signIn={signIn} back={back} />;
  if (step !== "start") return <SecondStep first={step} entered={entered} back={back} />;
  return (
    <PasswordStep
      said={news}
      lead={lead}
      email={invited?.email ?? ""}
      departure={departure}
      signIn={signIn}
      entered={entered}
      go={setStep}
    />
  );
}
