import "@mantine/core/styles/Progress.css";
import { Alert, Anchor, Progress, Stack, Text, Tooltip } from "@mantine/core";
import { IconArmchair } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { license } from "./queries";

/** How many seats of the licence are taken; for admins, who may know. */
export function Seats() {
  const here = useWorkspace();
  const { data } = useQuery(license(here.id));
  if (data === undefined || data.seats_used === null) return <Stack h={34} />;
  const full = data.seats_used >= data.seats;
  return (
    <Stack gap="sm">
      <Stack gap={6} maw={280}>
        <Tooltip label={words.seatsHint} position="bottom-start">
          <Text size="sm">{words.seats(data.seats_used, data.seats)}</Text>
        </Tooltip>
        <Progress
          value={(100 * data.seats_used) / Math.max(data.seats, 1)}
          color={full ? "orange" : undefined}
          size="sm"
          aria-label={words.seats(data.seats_used, data.seats)}
        />
      </Stack>
      {full && (
        <Alert color="orange" role="note" icon={<IconArmchair />} title={words.seatsFull}>
          {words.seatsFullText}{" "}
          <Anchor
            inherit
            c="inherit"
            underline="always"
            renderRoot={(props) => (
              <Link to="/w/$workspace/settings/license" params={{ workspace: here.slug }} {...props} />
            )}
          >
            {words.seeLicence}
          </Anchor>
        </Alert>
      )}
    </Stack>
  );
}
