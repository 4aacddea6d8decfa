// Everything that the gallery shows, in its order.
import type { Chapter } from "../story";
import { chart, metric, progress, table } from "./data";
import { inputs } from "./inputs";
import { audio, file, image, video } from "./media";
import { columns, expander, section, status, tabs } from "./parts";
import { code, fault, json, markdown, note, thinking } from "./text";

export const chapters: readonly Chapter[] = [
  markdown,
  code,
  json,
  table,
  chart,
  metric,
  progress,
  status,
  thinking,
  note,
  fault,
  image,
  audio,
  video,
  file,
  section,
  columns,
  tabs,
  expander,
  ...inputs,
];
