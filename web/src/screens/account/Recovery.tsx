import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, given } from "../../api/call";
import { words } from "../../texts/account";
import { accountChanged, factors } from "./asked";
import { CodesDialog } from "./CodesDialog";
import { confirm } from "./confirm";
import { Section } from "./Section";

/** How many recovery codes are left, and new ones; nothing where there is no second factor to lose. */
export function Recovery() {
  const { data } = useQuery(factors);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (data === undefined || (!data.totp && data.passkeys === 0)) return null;
  const renew = () =>
    confirm({
      title: words.renewTitle,
      text: words.renewText,
      label: words.renewCodes,
      act: async () => {
        setCodes((await given(api.POST("/api/v1/auth/recovery-codes"))).recovery_codes);
        await accountChanged();
      },
    });
  const button = (
    <Button variant="default" onClick={renew}>
      {words.renewCodes}
    </Button>
  );
  return (
    <Section title={words.codes} text={words.recoveryText(data.recovery_codes_left)} actions={button}>
      <CodesDialog codes={codes} close={() => setCodes(null)} />
    </Section>
  );
}
