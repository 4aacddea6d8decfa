import { modals, ModalsProvider } from "@mantine/modals";
import { useEffect } from "react";
import { openBy } from "./modals";

/** The dialogs that there are. */
export function ModalsShown() {
  useEffect(() => openBy(modals), []);
  return <ModalsProvider>{null}</ModalsProvider>;
}
