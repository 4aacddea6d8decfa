import { Loader } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { streams } from "../../stream/connection";
import { words } from "../../texts/session";
import classes from "./ConnectionLine.module.css";

/** One quiet line while the connection is lost; it heals by itself. */
export function ConnectionLine({ workspace }: { workspace: string }) {
  const connection = streams(workspace);
  const status = useSyncExternalStore(
    (listener) => connection.watchStatus(listener),
    () => connection.status,
  );
  return (
    <div role="status" className={classes.place}>
      {status === "lost" && (
        <div className={classes.line}>
          <Loader size={12} color="gray" aria-hidden />
          {words.lost}
        </div>
      )}
    </div>
  );
}
