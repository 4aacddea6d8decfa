import { Divider, Modal, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { words } from "../../texts/session-details";
import { ErrorNote } from "../../ui/ErrorNote";
import { useFocusBack } from "../../ui/useFocusBack";
import type { Place } from "./calls";
import { NewLink } from "./NewLink";
import { shares } from "./queries";
import { ShareForm } from "./ShareForm";
import { ShareList } from "./ShareList";

interface ShareDialogProps {
  place: Place;
  /** Whether the viewer may change with whom it is shared. */
  owns: boolean;
  close: () => void;
}

/** With whom a session is shared, and what for. */
export function ShareDialog({ place, owns, close }: ShareDialogProps) {
  useFocusBack();
  const { data, error, refetch } = useQuery(shares(place.workspace, place.id));
  const [link, setLink] = useState<string | null>(null);
  return (
    <Modal
      opened
      onClose={close}
      title={words.share.title}
      closeButtonProps={{ "aria-label": words.share.close }}
      size="lg"
      centered
    >
      <Stack gap="md">
        {owns && <ShareForm place={place} shared={data} told={setLink} />}
        {link !== null && <NewLink link={link} />}
        {owns && <Divider />}
        {error ? <ErrorNote error={error} retry={refetch} /> : <ShareList place={place} shared={data} owns={owns} />}
      </Stack>
    </Modal>
  );
}
