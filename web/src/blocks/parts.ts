// What shows the blocks that most sessions don't have: loaded when the first of them is met.
import { part } from "../lately";

const others = () => import("./others");

export const Audio = part(async () => (await others()).Audio);
export const Chart = part(async () => (await others()).Chart);
export const Column = part(async () => (await others()).Column);
export const Columns = part(async () => (await others()).Columns);
export const Fault = part(async () => (await others()).Fault);
export const Image = part(async () => (await others()).Image);
export const Json = part(async () => (await others()).Json);
export const Metric = part(async () => (await others()).Metric);
export const Progress = part(async () => (await others()).Progress);
export const Tab = part(async () => (await others()).Tab);
export const Table = part(async () => (await others()).Table);
export const Tabs = part(async () => (await others()).Tabs);
export const Unknown = part(async () => (await others()).Unknown);
export const Video = part(async () => (await others()).Video);
