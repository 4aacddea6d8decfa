import "@mantine/core/styles/Menu.css";
import { ActionIcon, Badge, Box, Group, Menu, Text } from "@mantine/core";
import { IconArrowsExchange, IconDotsVertical, IconDoorExit, IconUserMinus } from "@tabler/icons-react";
import { useMe, useWorkspace } from "../../api/here";
import { words } from "../../texts/people";
import { Moment } from "../../ui/Moment";
import { Person } from "../../ui/Person";
import type { Member } from "./queries";
import { RoleSelect } from "./RoleSelect";
import { manages, reaches } from "./roles";
import classes from "./rows.module.css";
import type { useMemberActions } from "./useMemberActions";

type Actions = ReturnType<typeof useMemberActions>;

/** A member: who they are, and what the caller may do with them. */
export function MemberRow({ member, actions }: { member: Member; actions: Actions }) {
  const own = useWorkspace().role;
  const mine = member.user_id === useMe().id;
  const changeable = manages(own) && reaches(own, member.role);
  const busy = actions.changing?.member.user_id === member.user_id;
  return (
    <li className={classes.row}>
      <Group gap="sm" wrap="nowrap" className={classes.who}>
        <Person id={member.user_id} name={member.name} />
        <Box miw={0}>
          <Group gap={6} wrap="nowrap">
            <Text size="sm" fw={500} truncate>
              {member.name || member.email}
            </Text>
            {mine && (
              <Badge size="xs" variant="light">
                {words.you}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed" truncate>
            {member.email}
          </Text>
        </Box>
      </Group>
      <Text size="xs" c="dimmed" className={classes.when} component="div">
        {words.joined} <Moment at={member.joined_at} />
      </Text>
      <div className={classes.does}>
        {changeable ? (
          <RoleSelect
            label={words.roleOf(member.name)}
            role={busy ? (actions.changing?.role ?? member.role) : member.role}
            own={own}
            disabled={busy}
            choose={(role) => actions.change(member, role)}
          />
        ) : (
          <Text size="sm" title={words.may[member.role]}>
            {words.roles[member.role]}
          </Text>
        )}
      </div>
      <div className={classes.more}>{(mine || changeable) && <MemberMenu member={member} actions={actions} />}</div>
    </li>
  );
}

function MemberMenu({ member, actions }: { member: Member; actions: Actions }) {
  const own = useWorkspace().role;
  const mine = member.user_id === useMe().id;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={40} aria-label={words.actionsOf(member.name)}>
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mine ? (
          <Menu.Item color="red" leftSection={<IconDoorExit size={16} />} onClick={actions.leave}>
            {words.leave}
          </Menu.Item>
        ) : (
          <>
            {own === "owner" && (
              <Menu.Item leftSection={<IconArrowsExchange size={16} />} onClick={() => actions.transfer(member)}>
                {words.transfer}
              </Menu.Item>
            )}
            <Menu.Item color="red" leftSection={<IconUserMinus size={16} />} onClick={() => actions.remove(member)}>
              {words.remove}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
