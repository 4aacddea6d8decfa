import "@mantine/dates/styles.css";
import { Button, Skeleton, Stack } from "@mantine/core";
import { IconFilterOff, IconListSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/audit";
import { words as settings } from "../../texts/settings";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { More } from "../people/More";
import { AuditEntry } from "./AuditEntry";
import { AuditExport } from "./AuditExport";
import { AuditFilters } from "./AuditFilters";
import type { AuditSearch } from "./auditSearch";
import { AuditTable } from "./AuditTable";
import { Part } from "./Part";
import { audit, type Entry } from "./queries";

/** What was done and refused in a workspace. */
export function Audit() {
  const here = useWorkspace();
  const search = useSearch({ from: "/frame/w/$workspace/settings/audit" });
  const navigate = useNavigate();
  const [opened, setOpened] = useState<Entry | null>(null);
  const pages = useInfiniteQuery({ ...audit(here.id, search), refetchOnMount: "always" });
  const filter = (wanted: AuditSearch) => {
    setOpened(null);
    return navigate({
      to: "/w/$workspace/settings/audit",
      params: { workspace: here.slug },
      search: wanted,
      replace: true,
    });
  };
  const filtered = Object.keys(search).length > 0;
  return (
    <Part title={settings.audit} text={words.text} action={<AuditExport search={search} />}>
      <AuditFilters search={search} filter={(wanted) => void filter(wanted)} />
      {pages.isPending ? (
        <Stack gap={6} aria-busy>
          {[0, 1, 2, 3, 4, 5].map((row) => (
            <Skeleton key={row} h={42} />
          ))}
        </Stack>
      ) : pages.data === undefined ? (
        <ErrorNote error={pages.error} retry={pages.refetch} />
      ) : pages.data.length > 0 ? (
        <AuditTable entries={pages.data} open={setOpened} />
      ) : filtered ? (
        <Empty
          icon={IconFilterOff}
          title={words.noneFits}
          text={words.noneFitsText}
          action={
            <Button variant="default" onClick={() => void filter({})}>
              {words.clear}
            </Button>
          }
        />
      ) : (
        <Empty icon={IconListSearch} title={words.none} text={words.noneText} />
      )}
      <More pages={pages} />
      <AuditEntry entry={opened} close={() => setOpened(null)} filter={(wanted) => void filter(wanted)} />
    </Part>
  );
}
