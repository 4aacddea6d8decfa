import { VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconExclamationCircle, IconInfoCircle } from "@tabler/icons-react";
import { words } from "../texts/blocks";
import type { BlockProps } from "./index";
import { Markdown } from "./markdown/Markdown";
import classes from "./Note.module.css";

const icons = {
  info: IconInfoCircle,
  warning: IconAlertTriangle,
  error: IconExclamationCircle,
  success: IconCircleCheck,
};

export function Note({ block }: BlockProps<"note">) {
  const { level: given = "info", text } = block.props;
  const level = Object.hasOwn(icons, given) ? given : "info";
  const Icon = icons[level];
  return (
    <div className={classes.note} data-level={level} role="note">
      <Icon size={19} className={classes.icon} aria-hidden />
      <VisuallyHidden>{words.note[level]}</VisuallyHidden>
      <div className={classes.text}>
        <Markdown text={text} />
      </div>
    </div>
  );
}
