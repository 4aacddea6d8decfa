import { Modal, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { words } from "../texts/blocks";
import { Caption } from "./Caption";
import { useActions } from "./DocumentContext";
import { FileLink } from "./File";
import classes from "./Media.module.css";
import type { BlockProps } from "./index";

/** A picture, that a click enlarges. */
export function Image({ block }: BlockProps<"image">) {
  const { file, alt = "", caption, width_px: width } = block.props;
  const { fileUrl } = useActions();
  const [large, setLarge] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const address = fileUrl(file);
  if (failed === address) return <FileLink file={file} words={words.image.failed} />;
  const name = alt || caption || "";
  return (
    <figure className={classes.figure}>
      <UnstyledButton className={classes.open} aria-label={words.image.enlarge(name)} onClick={() => setLarge(true)}>
        <img
          src={address}
          alt={alt}
          width={width ?? undefined}
          loading="lazy"
          className={classes.picture}
          onError={() => setFailed(address)}
        />
      </UnstyledButton>
      <Caption>{caption}</Caption>
      <Modal opened={large} onClose={() => setLarge(false)} title={name || file.name} size="auto" centered padding="sm">
        <img src={address} alt={alt} className={classes.large} />
      </Modal>
    </figure>
  );
}
