// One accent colour, the system's font, and sizes for work: dense, calm.
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const iris: MantineColorsTuple = [
  "#eef0fd",
  "#dbdef7",
  "#b5bbec",
  "#8d96e1",
  "#6c77d8",
  "#5864d2",
  "#4e5acb",
  "#3f4bb5",
  "#3742a2",
  "#2c388f",
];

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 6, dark: 5 },
  colors: { iris },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "Liberation Mono", Menlo, monospace',
  headings: { fontWeight: "600" },
});
