import { useState } from "react";
import { words } from "../texts/blocks";
import { Caption } from "./Caption";
import { useActions } from "./DocumentContext";
import { FileLink } from "./File";
import type { BlockProps } from "./index";
import classes from "./Media.module.css";

export function Video({ block }: BlockProps<"video">) {
  const { file, caption } = block.props;
  const { fileUrl } = useActions();
  const [failed, setFailed] = useState<string | null>(null);
  const address = fileUrl(file);
  return (
    <figure className={classes.figure}>
      {failed === address ? (
        <FileLink file={file} words={words.video.failed} />
      ) : (
        <video
          controls
          playsInline
          preload="metadata"
          src={address}
          aria-label={caption || file.name}
          className={classes.video}
          onError={() => setFailed(address)}
        />
      )}
      <Caption>{caption}</Caption>
    </figure>
  );
}
