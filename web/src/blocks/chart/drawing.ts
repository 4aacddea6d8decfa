// What the libraries that draw charts have in common here.

export type Spec = Readonly<Record<string, unknown>>;

/** A chart that is drawn. */
export interface Drawing {
  /** Fit it to another width. */
  resize(width: number): void;
  /** The chart as a picture: a `data:` address. */
  picture(): Promise<string>;
  end(): void;
}

export interface Canvas {
  element: HTMLElement;
  spec: Spec;
  name: string;
  dark: boolean;
  width: number;
}

export type Draw = (canvas: Canvas) => Promise<Drawing>;

/** The colours that charts are drawn with. */
export interface Colours {
  text: string;
  quiet: string;
  line: string;
  page: string;
  series: readonly string[];
}

const light: Colours = {
  text: "#1f2328",
  quiet: "#5c6470",
  line: "#e3e6ea",
  page: "#ffffff",
  series: ["#4e5acb", "#e0762f", "#1f9d8b", "#c2447a", "#c79a12", "#2f86c9", "#8a5cc7", "#7b8794"],
};

const dark: Colours = {
  text: "#dfe2e6",
  quiet: "#a3abb6",
  line: "#3b3d42",
  page: "#242424",
  series: ["#8d96f0", "#f29a5c", "#4fc7b4", "#ea82ac", "#e3c04d", "#6bb5ec", "#b593ea", "#a6b0bb"],
};

/** The colours of charts in a scheme. */
export function coloursOf(isDark: boolean): Colours {
  const page = getComputedStyle(document.documentElement).getPropertyValue("--mantine-color-body").trim();
  const colours = isDark ? dark : light;
  return page ? { ...colours, page } : colours;
}

export const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

/** Whether a value is an object with names. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A copy of a specification without the entries that `keep` refuses, at any depth. */
export function without<T>(value: T, keep: (key: string, value: unknown) => boolean): T {
  if (Array.isArray(value)) return value.map((item: unknown) => without(item, keep)) as T;
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, inside]) => keep(key, inside));
  return Object.fromEntries(kept.map(([key, inside]) => [key, without<unknown>(inside, keep)])) as T;
}
