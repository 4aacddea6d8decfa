import "@mantine/core/styles/Menu.css";
import { ActionIcon, Anchor, Badge, Menu, Text, Tooltip } from "@mantine/core";
import { IconDots, IconDownload, IconLock, IconMessages, IconPencil, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { createElement, memo } from "react";
import { useMe, useWorkspace } from "../../api/here";
import { words } from "../../texts/files";
import { size } from "../../ui/FileSize";
import { Moment } from "../../ui/Moment";
import { Person } from "../../ui/Person";
import classes from "./files.module.css";
import { contentOf, type StoredFile } from "./queries";
import { signOf } from "./signs";
import { useFileActions } from "./useFileActions";

/** A file: its name, which opens it, its size, whose it is, and what can be done with it. */
export const FileRow = memo(function FileRow({ file, owner }: { file: StoredFile; owner: string }) {
  const { id } = useWorkspace();
  const sign = file.readable ? signOf(file.media_type) : IconLock;
  return (
    <div className={classes.row}>
      {createElement(sign, { size: 20, stroke: 1.5, "aria-hidden": true, className: classes.fixed })}
      <div className={classes.text}>
        {file.readable ? (
          <Anchor href={contentOf(id, file)} target="_blank" rel="noopener" size="sm" fw={500} c="inherit" truncate>
            {file.name}
          </Anchor>
        ) : (
          <Text size="sm" fw={500} truncate>
            {file.name}
          </Text>
        )}
        <Text size="xs" c="dimmed" truncate>
          {size(file.size_bytes)}
        </Text>
      </div>
      {!file.readable && (
        <Tooltip label={words.unreadable} multiline w={280} events={{ hover: true, focus: true, touch: true }}>
          <Badge variant="default" tabIndex={0} className={classes.note}>
            {words.unreadableShort}
          </Badge>
        </Tooltip>
      )}
      {file.temporary && (
        <Badge variant="default" className={classes.note} title={words.temporary}>
          {words.temporaryShort}
        </Badge>
      )}
      <Text span size="xs" c="dimmed" className={classes.when}>
        <Moment at={file.created_at} />
      </Text>
      <Person id={file.owner_id} name={owner} size={24} />
      <More file={file} />
    </div>
  );
});

function More({ file }: { file: StoredFile }) {
  const { id, slug, role } = useWorkspace();
  const me = useMe();
  const { rename, remove } = useFileActions(file);
  const changes = role === "admin" || role === "owner" || (role === "member" && file.owner_id === me.id);
  const icon = { size: 16, stroke: 1.6 };
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.actions(file.name)}>
          <IconDots size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component="a"
          href={contentOf(id, file)}
          download={file.name}
          disabled={!file.readable}
          leftSection={<IconDownload {...icon} />}
        >
          {words.download}
        </Menu.Item>
        {file.session_id !== null && file.readable && (
          <Menu.Item
            leftSection={<IconMessages {...icon} />}
            renderRoot={(props) => (
              <Link
                to="/w/$workspace/sessions/$session"
                params={{ workspace: slug, session: file.session_id ?? "" }}
                {...props}
              />
            )}
          >
            {words.session}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconPencil {...icon} />} disabled={!changes} onClick={rename}>
          {words.rename}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash {...icon} />} color="red" disabled={!changes} onClick={remove}>
          {words.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
