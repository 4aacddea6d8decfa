import "@mantine/core/styles/Combobox.css";
import { Combobox, Loader, Modal, ScrollArea, Text, TextInput, useCombobox } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { words } from "../../texts/frame";
import classes from "./Palette.module.css";
import { strokes } from "./strokes";
import { type Result, useResults } from "./useResults";

interface Props {
  /** Offer apps to start, and nothing else. */
  only: boolean;
  onClose: () => void;
}

/** Finds apps, sessions, people and actions, and goes there. */
export function Palette({ only, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const { groups, searching } = useResults(typed, only);
  const combobox = useCombobox({ opened: true, onOpenedChange: (opened) => !opened && onClose() });
  const results = groups.flatMap((group) => group.results);
  const found = results.map(({ id }) => id).join();
  const { selectFirstOption } = combobox;
  useEffect(() => void selectFirstOption(), [found, selectFirstOption]);
  const { palette } = words;
  const label = only ? palette.narrow : palette.field;
  const run = (id: string) => {
    onClose();
    results.find((result) => result.id === id)?.run();
  };
  return (
    <Modal.Root opened onClose={onClose} size={600} yOffset="10dvh" returnFocus aria-label={palette.title}>
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content radius="lg" aria-label={only ? palette.newSession : palette.title}>
        <Combobox store={combobox} onOptionSubmit={run}>
          <Combobox.EventsTarget withExpandedAttribute>
            <TextInput
              data-autofocus
              size="lg"
              variant="unstyled"
              className={classes.field}
              aria-label={label}
              placeholder={label}
              leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
              rightSection={searching ? <Loader size={16} aria-hidden /> : undefined}
              value={typed}
              onFocus={() => {
                const before = strokes.give();
                setTyped((text) => text + before);
                selectFirstOption(); // those that were known before are only there now
              }}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </Combobox.EventsTarget>
          <ScrollArea.Autosize
            mah="min(26rem, 60dvh)"
            type="auto"
            offsetScrollbars="present"
            className={classes.list}
            viewportProps={{ tabIndex: 0 }}
          >
            <Combobox.Options aria-label={palette.title}>
              {groups.map((group) => (
                <Combobox.Group key={group.name} label={group.name}>
                  {group.results.map((result) => (
                    <Found key={result.id} result={result} />
                  ))}
                </Combobox.Group>
              ))}
            </Combobox.Options>
            <Text size="sm" c="dimmed" ta="center" py={results.length ? 0 : "lg"} role="status">
              {results.length > 0 ? "" : searching ? palette.searching : palette.nothing}
            </Text>
          </ScrollArea.Autosize>
        </Combobox>
      </Modal.Content>
    </Modal.Root>
  );
}

function Found({ result: { id, name, hint, sign, end } }: { result: Result }) {
  return (
    <Combobox.Option value={id} className={classes.option}>
      {sign}
      <Text component="span" size="sm" truncate className={classes.name}>
        {name}
        {hint && (
          <Text component="span" size="xs" c="dimmed" ms="xs">
            {hint}
          </Text>
        )}
      </Text>
      {end}
    </Combobox.Option>
  );
}
