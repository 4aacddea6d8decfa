import "@mantine/core/styles/Combobox.css";
import { Select, Stack, Text } from "@mantine/core";
import { words } from "../../texts/people";
import { givable, type Role } from "./roles";

/** A choice of role that says what each may do. */
export function RoleSelect({
  label,
  role,
  own,
  disabled,
  choose,
}: {
  label: string;
  role: Role;
  own: Role;
  disabled?: boolean;
  choose: (role: Role) => void;
}) {
  const data = givable(own).map((value) => ({ value, label: words.roles[value] }));
  return (
    <Select
      aria-label={label}
      data={data}
      value={role}
      allowDeselect={false}
      disabled={disabled}
      w={118}
      maxDropdownHeight={320}
      comboboxProps={{ width: 300, position: "bottom-end", withinPortal: true }}
      onChange={(chosen) => chosen !== null && chosen !== role && choose(chosen)}
      renderOption={({ option }) => (
        <Stack gap={0}>
          <Text size="sm" fw={option.value === role ? 600 : 500}>
            {option.label}
          </Text>
          <Text size="xs" c="dimmed">
            {words.may[option.value]}
          </Text>
        </Stack>
      )}
    />
  );
}
