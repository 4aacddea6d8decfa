import "@mantine/core/styles/Menu.css";
import { Group, Menu } from "@mantine/core";
import {
  IconDownload,
  IconFileText,
  IconInfoCircle,
  IconJson,
  IconPlayerStop,
  IconPrinter,
  IconShare3,
  IconTrash,
} from "@tabler/icons-react";
import { words } from "../../texts/session";
import { LateMenu } from "../../ui/LateMenu";
import type { OpenedMenu } from "../../ui/MenuButton";
import { placeOf, save } from "./calls";
import type { HeaderProps } from "./Header";
import { tellFailure } from "./notes";

/** What else can be done with a session. */
export function MoreItems({ button, held, rights, opens, title, over }: OpenedMenu & HeaderProps & { over: boolean }) {
  const saveAs = (format: "md" | "json") => () => void save(placeOf(held.detail), format, title).catch(tellFailure);
  return (
    <LateMenu button={button} position="bottom-end" width="14rem" withinPortal>
      {rights.seeShares && (
        <Menu.Item hiddenFrom="sm" leftSection={<IconShare3 size={16} />} onClick={() => opens.share()}>
          {words.share}
        </Menu.Item>
      )}
      {rights.see && (
        <Menu.Item hiddenFrom="sm" leftSection={<IconInfoCircle size={16} />} onClick={() => opens.details()}>
          {words.details}
        </Menu.Item>
      )}
      {rights.stop && !over && (
        <Menu.Item hiddenFrom="sm" leftSection={<IconPlayerStop size={16} />} onClick={() => opens.stop()}>
          {words.stop}
        </Menu.Item>
      )}
      {rights.see && (
        <>
          <Menu.Label>
            <Group gap={6}>
              <IconDownload size={14} />
              {words.export}
            </Group>
          </Menu.Label>
          <Menu.Item leftSection={<IconFileText size={16} />} onClick={saveAs("md")}>
            {words.markdown}
          </Menu.Item>
          <Menu.Item leftSection={<IconJson size={16} />} onClick={saveAs("json")}>
            {words.json}
          </Menu.Item>
          <Menu.Item leftSection={<IconPrinter size={16} />} onClick={() => opens.print()}>
            {words.pdf}
          </Menu.Item>
        </>
      )}
      {rights.remove && (
        <>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => opens.remove()}>
            {words.remove}
          </Menu.Item>
        </>
      )}
    </LateMenu>
  );
}
