import "@mantine/core/styles/Progress.css";
import "@mantine/dropzone/styles.css";
import { ActionIcon, Button, Group as Row, Progress, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFile, IconReload, IconUpload, IconX } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { ControlProps } from ".";
import { words } from "../texts/inputs";
import { size } from "../ui/FileSize";
import { Group } from "./around";
import { removeFile, sendFile, unfit, useFiling, waiting } from "./files";
import styles from "./UploadControl.module.css";
import { itemsOf, type Item } from "./values";

/** Takes files: each is sent as soon as it is chosen, and can be taken back. */
export default function UploadControl(props: ControlProps<"upload">) {
  const { spec, update, disabled } = props;
  const { upload, takeDrops } = useFiling();
  const open = useRef<() => void>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const items = itemsOf(props.value);

  const take = (files: readonly File[]) => {
    const chosen = spec.multiple ? files : files.slice(0, 1);
    const fits = chosen.filter((file) => unfit(spec, file) === null).map(waiting);
    setRefused(chosen.map((file) => unfit(spec, file)).find((why) => why !== null) ?? null);
    if (fits.length === 0) return;
    if (!spec.multiple) for (const item of items) removeFile(item, update);
    update((now) => [...itemsOf(now), ...fits]);
    for (const item of fits) void sendFile(item, upload, update);
  };
  const latest = useEffectEvent(take);
  useEffect(() => {
    if (disabled || props.field) return;
    return takeDrops?.((files) => latest(files));
  }, [takeDrops, disabled, props.field]);

  const choose = spec.multiple ? words.chooseFiles : items.length > 0 ? words.replaceFile : words.chooseFile;
  return (
    <Group of={{ ...props, error: refused ?? props.error }} named>
      <Dropzone
        openRef={open}
        onDrop={take}
        multiple={spec.multiple ?? false}
        disabled={disabled}
        activateOnKeyboard={false}
        dragEventsBubbling={false}
        tabIndex={-1}
        inputProps={{ accept: spec.accept?.join(",") || undefined, "aria-label": props.label || choose }}
        enablePointerEvents
        className={styles.zone}
        mt={6}
        p="md"
      >
        <Row gap="sm" justify="center">
          <Button
            variant="default"
            leftSection={<IconUpload size={16} aria-hidden />}
            disabled={disabled}
            onClick={(event) => {
              event.stopPropagation();
              open.current?.();
            }}
          >
            {choose}
          </Button>
          <Text size="sm" c="dimmed">
            {words.uploadHint(spec.accept ?? [], spec.max_bytes == null ? null : size(spec.max_bytes))}
          </Text>
        </Row>
      </Dropzone>
      {items.length > 0 && (
        <Stack component="ul" gap={6} mt="sm" p={0} m={0} className={styles.list}>
          {items.map((item) => (
            <Kept
              key={item.key}
              item={item}
              disabled={disabled}
              again={() => void sendFile(item, upload, update)}
              remove={() => removeFile(item, update)}
            />
          ))}
        </Stack>
      )}
    </Group>
  );
}

interface KeptProps {
  item: Item;
  disabled: boolean;
  again(): void;
  remove(): void;
}

function Kept({ item, disabled, again, remove }: KeptProps) {
  const sending = item.ref === null && item.failed === undefined;
  return (
    <li className={styles.file}>
      <IconFile size={18} aria-hidden />
      <div className={styles.about}>
        <Text size="sm" truncate title={item.name}>
          {item.name}
        </Text>
        {sending ? (
          <Progress value={item.share * 100} size="sm" my={5} aria-label={words.uploading(item.name)} />
        ) : (
          <Text size="xs" c={item.failed ? "red" : "dimmed"} role={item.failed ? "alert" : "status"}>
            {item.failed ?? words.uploaded(size(item.size_bytes))}
          </Text>
        )}
      </div>
      {item.failed && item.file && (
        <ActionIcon variant="subtle" size="lg" onClick={again} aria-label={words.again(item.name)}>
          <IconReload size={18} aria-hidden />
        </ActionIcon>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        onClick={remove}
        disabled={disabled}
        aria-label={sending ? words.stop(item.name) : words.remove(item.name)}
      >
        <IconX size={18} aria-hidden />
      </ActionIcon>
    </li>
  );
}
