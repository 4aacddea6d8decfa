import { IconFile, IconFileText, IconFileZip, IconMusic, IconPhoto, IconTable, IconVideo } from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";

const SIGNS: readonly (readonly [RegExp, Icon])[] = [
  [/^image\//, IconPhoto],
  [/^audio\//, IconMusic],
  [/^video\//, IconVideo],
  [/csv|spreadsheet|excel|parquet/, IconTable],
  [/zip|gzip|tar|compressed/, IconFileZip],
  [/^text\/|pdf|json|document/, IconFileText],
];

/** What stands for a type of media. */
export const signOf = (type: string): Icon => SIGNS.find(([fits]) => fits.test(type))?.[1] ?? IconFile;
