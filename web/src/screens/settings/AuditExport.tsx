import "@mantine/core/styles/Menu.css";
import { Button, Menu, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, given } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { save } from "../../blocks/save";
import { words } from "../../texts/audit";
import { license } from "../people/queries";
import { asked, type AuditSearch } from "./auditSearch";

/** Take the entries that are shown away as a file, where the licence includes that. */
export function AuditExport({ search }: { search: AuditSearch }) {
  const here = useWorkspace();
  const { data } = useQuery(license(here.id));
  const included = data?.features.includes("audit_export") === true;
  const download = async (format: "csv" | "json") => {
    const path = { workspace_id: here.id };
    try {
      // A download can't renew cookies that are over; a call can.
      const query = { ...asked(search), limit: 1 };
      await given(api.GET("/api/v1/workspaces/{workspace_id}/audit", { params: { path, query } }));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      notifications.show({ color: "red", title: words.exportFailed, message });
      return;
    }
    save("", `/api/v1/workspaces/${here.id}/audit/export?${new URLSearchParams({ ...asked(search), format })}`);
  };
  return (
    <Menu position="bottom-end" disabled={!included}>
      <Menu.Target>
        <Tooltip label={included ? words.exportHint : words.exportMissing} multiline maw={260}>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} />}
            aria-disabled={!included}
            data-disabled={included ? undefined : true}
          >
            {words.export}
          </Button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void download("csv")}>{words.csv}</Menu.Item>
        <Menu.Item onClick={() => void download("json")}>{words.json}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
