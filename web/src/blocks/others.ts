// The blocks that are loaded together.
export { Chart } from "./Chart";
export { Image } from "./Image";
export { Json } from "./Json";
export { Metric } from "./Metric";
export { Audio, Video } from "./Player";
export { Table } from "./Table";
export { Tab, Tabs } from "./Tabs";
