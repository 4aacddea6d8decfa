// One accent colour, the system's font, and sizes for work: dense, calm.
import {
  createTheme,
  type BadgeProps,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type MenuProps,
  type ModalProps,
  type TooltipProps,
} from "@mantine/core";
import { words } from "../texts/everywhere";

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

/** Greys with a hint of the accent. */
const dark: MantineColorsTuple = [
  "#d6d8e0",
  "#b4b7c4",
  "#989cab",
  "#6b6f7e",
  "#3a3d49",
  "#2d303a",
  "#23252e",
  "#191b22",
  "#14161c",
  "#0e0f14",
];

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 6, dark: 5 },
  colors: { iris, dark },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "Liberation Mono", Menlo, monospace',
  headings: { fontWeight: "600" },
  // Named by hand: a component that is named by itself is loaded with the theme.
  components: {
    Badge: { defaultProps: { tt: "none", fw: 500 } satisfies BadgeProps },
    Menu: { defaultProps: { shadow: "md", withInitialFocusPlaceholder: false } satisfies MenuProps },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": words.close } } satisfies Partial<ModalProps> },
    Tooltip: { defaultProps: { openDelay: 400, withinPortal: true } satisfies Partial<TooltipProps> },
  },
});

/** Colours in which texts stand on white, and on the lightest shade of themselves. */
const INKS = {
  red: "#b02020",
  orange: "#9c3a05",
  yellow: "#7a4a00",
  green: "#1f6b2d",
  teal: "#066649",
  lime: "#4a6b07",
  cyan: "#0a6070",
};

const inks = Object.entries(INKS).flatMap(([name, ink]) => [
  [`--mantine-color-${name}-text`, ink],
  [`--mantine-color-${name}-light-color`, ink],
]);

/** Texts that are quieter than others are still read by everybody: 4.5 to 1 on all grounds that there are. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "#1b1d25",
    "--mantine-color-dimmed": "#5b6169",
    "--mantine-color-placeholder": "#6b7178",
    "--mantine-color-red-6": "#c92a2a",
    "--mantine-color-red-7": INKS.red,
    "--mantine-color-error": INKS.red,
    ...Object.fromEntries(inks),
  },
  dark: {
    "--mantine-color-anchor": "var(--mantine-color-iris-3)",
    "--mantine-color-dimmed": "var(--mantine-color-dark-2)",
    "--mantine-color-placeholder": "#8b90a0",
    "--mantine-color-red-filled": "#c92a2a",
    "--mantine-color-red-filled-hover": INKS.red,
    "--mantine-color-error": "var(--mantine-color-red-4)",
  },
});
