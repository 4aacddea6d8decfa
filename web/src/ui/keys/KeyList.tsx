import "@mantine/core/styles/Switch.css";
import "@mantine/core/styles/Table.css";
import { Group, Kbd, Modal, Stack, Switch, Table, Text, Title } from "@mantine/core";
import { words } from "../../texts/frame";
import { PLACES } from "../frame/places";
import { useSingleKeys } from "./useKeys";

const { keyList } = words;

const GROUPS = [
  {
    name: keyList.groups.anywhere,
    keys: [
      ["Ctrl + K", keyList.palette],
      ["?", keyList.list],
      ["n", keyList.newSession],
      ["/", keyList.field],
      ["Esc", keyList.escape],
    ],
  },
  { name: keyList.groups.going, keys: Object.values(PLACES).map(({ keys, name }) => [keys, name] as const) },
] as const;

/** Lists the keys, and lets them be turned off. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const [single, setSingle] = useSingleKeys();
  return (
    <Modal opened onClose={onClose} title={keyList.title}>
      <Stack>
        {GROUPS.map(({ name, keys }) => (
          <section key={name}>
            <Title order={3} size="sm" mb={4}>
              {name}
            </Title>
            <Table layout="auto" verticalSpacing={6} aria-label={name}>
              <Table.Tbody>
                {keys.map(([pressed, what]) => (
                  <Table.Tr key={pressed}>
                    <Table.Th scope="row" fw={400}>
                      {what}
                    </Table.Th>
                    <Table.Td ta="end">
                      <Pressed keys={pressed} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        ))}
        <Switch
          label={keyList.single}
          description={keyList.singleText}
          checked={single}
          onChange={(event) => setSingle(event.currentTarget.checked)}
        />
      </Stack>
    </Modal>
  );
}

function Pressed({ keys }: { keys: string }) {
  const parts = keys.split(" ");
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {parts.map((part, index) =>
        part === "+" ? (
          <Text key={index} span size="xs">
            {part}
          </Text>
        ) : (
          <Kbd key={index}>{part}</Kbd>
        ),
      )}
    </Group>
  );
}
