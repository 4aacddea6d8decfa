import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { Said, Wrong } from "./fields";
import { Back } from "./SecondStep";
import { useAct } from "./useSend";

interface Props {
  text: string;
  again: () => Promise<unknown>;
  back: () => void;
}

/** Says that a mail is on its way, and what to do if it does not come. */
export function MailSent({ text, again, back }: Props) {
  const [sent, setSent] = useState(false);
  const { busy, wrong, act } = useAct();
  const send = async () => {
    setSent(false);
    await again();
    setSent(true);
  };
  return (
    <Card title={words.mailSent} below={<Back back={back} />}>
      <Text role="status">{text}</Text>
      <Text size="sm" c="dimmed">
        {words.mailMissing}
      </Text>
      <Button variant="default" size="md" loading={busy} onClick={() => void act(send)}>
        {words.sendAgain}
      </Button>
      <Said news={sent ? { text: words.sentAgain } : null} />
      <Wrong text={wrong} />
    </Card>
  );
}
