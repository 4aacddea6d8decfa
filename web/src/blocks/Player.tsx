import { useState } from "react";
import { words } from "../texts/blocks";
import { Caption } from "./Caption";
import { useActions } from "./DocumentContext";
import { FileLink } from "./File";
import type { BlockProps } from "./index";
import classes from "./Media.module.css";

/** A sound or a film; what the browser can't play is a file to download. */
function Player({ as: Tag, block }: { as: "audio" | "video"; block: BlockProps<"audio" | "video">["block"] }) {
  const { file, caption } = block.props;
  const { fileUrl } = useActions();
  const [failed, setFailed] = useState<string | null>(null);
  const address = fileUrl(file);
  return (
    <figure className={classes.figure}>
      {failed === address ? (
        <FileLink file={file} words={words[Tag].failed} />
      ) : (
        <Tag
          controls
          playsInline={Tag === "video" || undefined}
          preload="metadata"
          src={address}
          aria-label={caption || file.name}
          className={classes[Tag]}
          onError={() => setFailed(address)}
        />
      )}
      <Caption>{caption}</Caption>
    </figure>
  );
}

export const Audio = ({ block }: BlockProps<"audio">) => <Player as="audio" block={block} />;
export const Video = ({ block }: BlockProps<"video">) => <Player as="video" block={block} />;
