import { IconBolt } from "@tabler/icons-react";
import classes from "./AppIcon.module.css";

/** What stands for an app: the sign that it has, or one for all that have none. */
export function AppIcon({ icon, size = 20 }: { icon?: string | null; size?: number }) {
  if (!icon) return <IconBolt size={size} stroke={1.6} className={classes.icon} aria-hidden />;
  return (
    <span className={classes.icon} style={{ fontSize: size }} aria-hidden>
      {icon}
    </span>
  );
}
