import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/settings";
import { ErrorNote } from "../../ui/ErrorNote";
import { DangerZone } from "./DangerZone";
import { DeletedWorkspaces } from "./DeletedWorkspaces";
import { Part } from "./Part";
import { tagged } from "./queries";
import { SettingsForm } from "./SettingsForm";

/** Name, address and rules of a workspace, and its end. */
export function General() {
  const here = useWorkspace();
  const { data, error, refetch } = useQuery({ ...tagged(here.id), refetchOnMount: "always" });
  return (
    <Part title={words.general}>
      {data ? (
        <SettingsForm key={here.id} present={data} />
      ) : error ? (
        <ErrorNote error={error} retry={refetch} />
      ) : (
        <Stack gap="md" aria-busy>
          <Skeleton h={220} />
          <Skeleton h={330} />
        </Stack>
      )}
      {here.role === "owner" && <DangerZone />}
      <DeletedWorkspaces />
    </Part>
  );
}
