import { Button, Stack } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useState } from "react";
import { api, given, Problem } from "../../api/call";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { DeadEnd } from "./DeadEnd";
import { Password, Wrong } from "./fields";
import { Forgot } from "./Forgot";
import { useEnter } from "./session";
import { useSend } from "./useSend";
import { Ways } from "./Ways";

/** Sets a new password by the link of a mail. */
export function NewPassword({ token }: { token: string }) {
  const enter = useEnter();
  const [outcome, setOutcome] = useState<"asking" | "done" | "again" | { why: string }>("asking");
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { password: "" },
    validate: { password: isNotEmpty(words.needPassword) },
  });
  const { busy, wrong, submit } = useSend(form, async ({ password }) => {
    try {
      await given(api.POST("/api/v1/auth/password/reset", { body: { token, password } }));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "auth.proof_refused") throw error;
      return setOutcome({ why: error.message });
    }
    setOutcome("done");
  });
  if (outcome === "done") {
    const said = { text: words.resetDone };
    return <Ways entered={() => enter()} departure={{ aim: "sign-in", next: "/" }} said={said} />;
  }
  if (outcome === "again") return <Forgot back={() => enter("/")} />;
  if (outcome !== "asking")
    return (
      <DeadEnd why={outcome.why} hint={words.badMail}>
        <Button size="md" onClick={() => setOutcome("again")}>
          {words.newMail}
        </Button>
      </DeadEnd>
    );
  return (
    <Card title={words.resetTitle} lead={words.resetLead}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Password
            label={words.newPassword}
            description={words.passwordHint}
            autoComplete="new-password"
            inputWrapperOrder={["label", "input", "error", "description"]}
            autoFocus
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Wrong text={wrong} />
          <Button type="submit" size="md" loading={busy}>
            {words.set}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
