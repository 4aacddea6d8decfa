// Where tests show blocks.
import { MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import type { DocumentActions } from "../document/actions";
import type { DocumentSource } from "../document/model";
import { DocumentProvider } from "./DocumentContext";

const watching: DocumentActions = {
  answer: () => Promise.resolve(),
  upload: () => Promise.reject(new Error("Nothing is uploaded here.")),
  fileUrl: () => "",
  branch: null,
  mayAnswer: () => false,
};

/** A document in which nothing can be done. */
export function Stage({ source, children }: { source: DocumentSource; children: ReactNode }) {
  return (
    <MantineProvider>
      <DocumentProvider source={source} actions={watching} children={children} />
    </MantineProvider>
  );
}
