// The blocks that are loaded together.
export { Chart } from "./Chart";
export { Column, Columns } from "./Columns";
export { Fault } from "./Fault";
export { Image } from "./Image";
export { Json } from "./Json";
export { Metric } from "./Metric";
export { Audio, Video } from "./Player";
export { Progress } from "./Progress";
export { Table } from "./Table";
export { Tab, Tabs } from "./Tabs";
export { Unknown } from "./Unknown";
