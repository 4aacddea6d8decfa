import { Button, CopyButton, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMe, useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { linkIn, outbox } from "./queries";

/** The mails that stay on this laptop, for its operator; null for everybody else, and where mails are really sent. */
export function useOutbox() {
  const { operator } = useMe();
  const { data } = useQuery({
    ...outbox,
    enabled: operator,
    // Mails are written a moment after what they tell of.
    refetchInterval: (query) => (query.state.data ? 3000 : false),
  });
  return data ?? null;
}

/** A button that copies the link of an invite, where its mail was not really sent. */
export function InviteLink({ email }: { email: string }) {
  const here = useWorkspace();
  const mails = useOutbox();
  if (mails === null) return null;
  const link = linkIn(mails, email, here.id);
  if (link === null) return null;
  return (
    <CopyButton value={link}>
      {({ copied, copy }) => (
        <Button
          variant="light"
          size="xs"
          color={copied ? "teal" : undefined}
          leftSection={copied ? <IconCheck size={14} /> : <IconLink size={14} />}
          onClick={copy}
        >
          {copied ? words.copied : words.copyLink}
          <VisuallyHidden>{words.linkOf(email)}</VisuallyHidden>
        </Button>
      )}
    </CopyButton>
  );
}
