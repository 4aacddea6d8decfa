import { Alert, Skeleton, Text } from "@mantine/core";
import { IconAlertTriangle, IconClockExclamation, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "../../api/here";
import { license as words, words as settings } from "../../texts/settings";
import { ErrorNote } from "../../ui/ErrorNote";
import { license } from "../people/queries";
import { LicenseFacts } from "./LicenseFacts";
import { LicenseInstall } from "./LicenseInstall";
import { Fields, Part } from "./Part";
import type { Details } from "./queries";

/** The licence of the server: what it allows, how much of that is used, and how to install another. */
export function License() {
  const here = useWorkspace();
  const { data, error, refetch } = useQuery(license(here.id));
  if (data === undefined)
    return (
      <Part title={settings.license}>{error ? <ErrorNote error={error} retry={refetch} /> : <Skeleton h={360} />}</Part>
    );
  const { tag, ...details } = data;
  return (
    <Part title={settings.license} text={details.source === "none" ? words.noLicence : undefined}>
      <Warnings details={details} />
      <LicenseFacts details={details} />
      <Fields title={words.install}>
        {details.source === "settings" ? (
          <Locked text={words.fixedHere} />
        ) : here.role === "owner" ? (
          <LicenseInstall tag={tag} />
        ) : (
          <Locked text={words.ownersInstall} />
        )}
      </Fields>
    </Part>
  );
}

function Locked({ text }: { text: string }) {
  return (
    <Alert color="gray" role="note" icon={<IconLock />}>
      {text}
    </Alert>
  );
}

function Warnings({ details }: { details: Details }) {
  const until =
    details.grace_ends_at && new Date(details.grace_ends_at).toLocaleDateString(undefined, { dateStyle: "long" });
  return (
    <>
      {details.state === "grace" && (
        <Alert color="orange" icon={<IconAlertTriangle />} title={words.over}>
          <Text size="sm">{until ? words.graceText(until) : words.graceTextOpen}</Text>
        </Alert>
      )}
      {details.state === "read_only" && (
        <Alert color="red" icon={<IconAlertTriangle />} title={words.readOnly}>
          <Text size="sm">{words.readOnlyText}</Text>
        </Alert>
      )}
      {details.clock_set_back && (
        <Alert color="orange" icon={<IconClockExclamation />} title={words.clock}>
          <Text size="sm">{words.clockText}</Text>
        </Alert>
      )}
    </>
  );
}
