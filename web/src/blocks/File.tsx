import { VisuallyHidden } from "@mantine/core";
import {
  IconDownload,
  IconFile,
  IconFileText,
  IconFileTypeCsv,
  IconFileTypePdf,
  IconFileZip,
  IconMusic,
  IconPhoto,
  IconVideo,
} from "@tabler/icons-react";
import type { FileRef } from "../document/model";
import { words as texts } from "../texts/blocks";
import { size } from "../ui/FileSize";
import { useActions } from "./DocumentContext";
import type { BlockProps } from "./index";
import classes from "./Media.module.css";

const icons: readonly (readonly [RegExp, typeof IconFile])[] = [
  [/^image\//, IconPhoto],
  [/^audio\//, IconMusic],
  [/^video\//, IconVideo],
  [/csv|spreadsheet|excel/, IconFileTypeCsv],
  [/pdf$/, IconFileTypePdf],
  [/zip|tar|compressed/, IconFileZip],
  [/^text\/|json|xml/, IconFileText],
];

/** A link that downloads a file, with its name and its size. `words`: instead of what it is, why it is not shown. */
export function FileLink({ file, label, words }: { file: FileRef; label?: string | null; words?: string }) {
  const { fileUrl } = useActions();
  const Icon = icons.find(([type]) => type.test(file.type))?.[1] ?? IconFile;
  const name = label || file.name;
  const about = [words, label && label !== file.name && file.name, size(file.size_bytes)].filter(Boolean).join(" · ");
  return (
    <a className={classes.file} href={fileUrl(file)} download={file.name}>
      <Icon size={22} className={classes.icon} aria-hidden />
      <span className={classes.words} dir="auto">
        <span className={classes.name}>
          <VisuallyHidden>{texts.file.download}</VisuallyHidden> {name}
        </span>{" "}
        <span className={classes.about}>{about}</span>
      </span>
      <IconDownload size={18} className={classes.icon} aria-hidden />
    </a>
  );
}

export function File({ block }: BlockProps<"file">) {
  return <FileLink file={block.props.file} label={block.props.label} />;
}
