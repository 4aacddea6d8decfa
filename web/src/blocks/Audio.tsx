import { useState } from "react";
import { words } from "../texts/blocks";
import { Caption } from "./Caption";
import { useActions } from "./DocumentContext";
import { FileLink } from "./File";
import type { BlockProps } from "./index";
import classes from "./Media.module.css";

export function Audio({ block }: BlockProps<"audio">) {
  const { file, caption } = block.props;
  const { fileUrl } = useActions();
  const [failed, setFailed] = useState<string | null>(null);
  const address = fileUrl(file);
  return (
    <figure className={classes.figure}>
      {failed === address ? (
        <FileLink file={file} words={words.audio.failed} />
      ) : (
        <audio
          controls
          preload="metadata"
          src={address}
          aria-label={caption || file.name}
          className={classes.audio}
          onError={() => setFailed(address)}
        />
      )}
      <Caption>{caption}</Caption>
    </figure>
  );
}
