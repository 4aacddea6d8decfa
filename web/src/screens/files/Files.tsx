import "@mantine/core/styles/SegmentedControl.css";
import { Button, FileButton, Group, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useWorkspace } from "../../api/here";
import { words } from "../../texts/files";
import { Page } from "../../ui/Page";
import { Drop } from "./Drop";
import { FileList } from "./FileList";
import { uploadsTo } from "./queries";
import { Storage } from "./Storage";
import { UploadList } from "./UploadList";

/** The files of the workspace: those that were uploaded, and those that sessions made. */
export function Files() {
  const { id, role } = useWorkspace();
  const [typed, setTyped] = useState("");
  const [mine, setMine] = useState(false);
  const [wanted] = useDebouncedValue(typed.trim(), 200);
  const uploads = uploadsTo(id);
  const adds = role !== "viewer";
  const actions = adds && (
    <FileButton multiple onChange={(files) => uploads.add(files)}>
      {(props) => (
        <Button {...props} leftSection={<IconUpload size={16} stroke={1.6} />}>
          {words.upload}
        </Button>
      )}
    </FileButton>
  );
  return (
    <Page title={words.title} actions={actions}>
      <Stack gap="md">
        <Group gap="sm">
          <TextInput
            type="search"
            flex="1 1 220px"
            aria-label={words.search}
            placeholder={words.search}
            leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {adds && (
            <SegmentedControl
              aria-label={words.show}
              value={mine ? "mine" : "all"}
              onChange={(value) => setMine(value === "mine")}
              data={[
                { value: "all", label: words.all },
                { value: "mine", label: words.mine },
              ]}
            />
          )}
        </Group>
        <Storage />
        <UploadList uploads={uploads} />
        <FileList typed={wanted} mine={mine} onClear={() => setTyped("")} />
      </Stack>
      {adds && <Drop onFiles={(files) => uploads.add(files)} />}
    </Page>
  );
}
