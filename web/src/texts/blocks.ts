// What the blocks of a document say besides what an app has them say.

const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

export const words = {
  broken: "This block can't be shown.",
  brokenAgain: "Try again",
  unknown: (kind: string) => `This version of the page doesn't know blocks of the kind “${kind}”. What it holds:`,
  copy: "Copy",
  copied: "Copied",
  code: "Code",
  codeIn: (language: string) => `Code, ${language}`,
  folding: {
    all: (lines: number, characters: number) =>
      lines > 60 ? `Show all ${lines.toLocaleString()} lines` : `Show all ${characters.toLocaleString()} characters`,
    less: "Show less",
  },
  tableRegion: "Table",
  done: "Done",
  toDo: "To do",
  picture: "Picture",
  showPicture: (alt: string) => `Picture elsewhere: ${alt}`,
  footnotes: "Footnotes",
  backToText: "Back to the text",

  json: {
    label: "JSON value",
    more: (count: number) => `Show ${plural(count, "more", "more")}`,
    items: (count: number) => plural(count, "item", "items"),
    keys: (count: number) => plural(count, "key", "keys"),
    restOfText: (count: number) => `Show the remaining ${plural(count, "character", "characters")}`,
    expand: "Open all",
    collapse: "Close all",
  },

  table: {
    name: "Table",
    rows: (count: number) => plural(count, "row", "rows"),
    found: (found: number, all: number) => `${found.toLocaleString()} of ${plural(all, "row", "rows")}`,
    cut: (shown: number, total: number) => `The first ${shown.toLocaleString()} of ${plural(total, "row", "rows")}`,
    empty: "No rows yet",
    none: "No row has this text.",
    noColumns: "An empty table",
    filter: "Filter rows",
    clear: "Clear the filter",
    download: "Download as CSV",
    enlarge: "Enlarge",
    file: "table.csv",
    yes: "yes",
    no: "no",
    column: (at: number) => `Column ${String(at)}`,
  },

  chart: {
    name: "Chart",
    of: (mark: string, axes: string) => (axes ? `${mark} chart of ${axes}` : `${mark} chart`),
    by: (y: string, x: string) => `${y} by ${x}`,
    loading: "Drawing the chart",
    failed: "This chart can't be drawn",
    remote: "Data from other addresses is not loaded. Put the data into the chart.",
    maps: "Charts on maps from other addresses are not drawn. What it holds is below.",
    data: "Data",
    save: "Save as PNG",
    file: "chart.png",
    series: "series",
  },

  image: {
    enlarge: (alt: string) => (alt ? `Enlarge: ${alt}` : "Enlarge the picture"),
    failed: "This picture can't be shown.",
  },
  audio: { failed: "This sound can't be played here." },
  video: { failed: "This film can't be played here." },
  file: { download: "Download", instead: "Download it instead" },

  metric: { up: "up", down: "down", same: "unchanged" },

  progress: {
    name: "Progress",
    of: (value: string, total: string) => `${value} of ${total}`,
    rate: (rate: string, unit: string) => (unit ? `${rate} ${unit}/s` : `${rate}/s`),
    left: (time: string) => `${time} left`,
    done: "Done",
  },

  status: {
    running: "Running",
    done: "Done",
    failed: "Failed",
    steps: (count: number) => plural(count, "step", "steps"),
  },

  thinking: { now: "Thinking…", past: "Thoughts" },

  note: { info: "Note", warning: "Warning", error: "Error", success: "Success" },

  fault: { traceback: "Traceback" },

  untitled: "Untitled",
  tabs: "Tabs",
  tab: (at: number) => `Tab ${String(at)}`,

  time: {
    ms: (count: string) => `${count} ms`,
    s: (count: string) => `${count} s`,
    min: (minutes: number, seconds: number) =>
      seconds ? `${String(minutes)} min ${String(seconds)} s` : `${String(minutes)} min`,
    h: (hours: number, minutes: number) =>
      minutes ? `${String(hours)} h ${String(minutes)} min` : `${String(hours)} h`,
    days: (days: number, hours: number) =>
      hours ? `${plural(days, "day", "days")} ${String(hours)} h` : plural(days, "day", "days"),
    aboutSeconds: (count: number) => plural(count, "second", "seconds"),
    aboutMinutes: (count: number) => plural(count, "minute", "minutes"),
    aboutHours: (count: number) => plural(count, "hour", "hours"),
    aboutDays: (count: number) => plural(count, "day", "days"),
  },
};
