// What is known of a chart without drawing it: its name, its data, and whether it may be drawn.
import type * as wire from "../../document/wire";
import { words } from "../../texts/blocks";
import { isRecord, type Spec } from "./drawing";

const MAPS = /^(?:choropleth|scatter|density)(?:geo|map|mapbox)?$/;

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(" ");
  return isRecord(value) ? textOf(value.text) : "";
};

/** The name of what an axis shows. */
function axis(encoding: unknown, channel: string): string {
  const given = isRecord(encoding) ? encoding[channel] : undefined;
  if (!isRecord(given)) return "";
  return textOf(given.title) || (typeof given.field === "string" ? given.field : "");
}

/** A name for a chart: its title, its caption, or what it shows. */
export function nameOf(spec: Spec, caption: string | null | undefined): string {
  const layout = isRecord(spec.layout) ? spec.layout : {};
  // A title of Plotly may be marked up.
  const title = (textOf(spec.title) || textOf(layout.title)).replace(/<[^<>]*>/g, " ").trim();
  if (title || caption) return title || (caption ?? "");
  const mark = isRecord(spec.mark) ? textOf(spec.mark.type) : textOf(spec.mark);
  if (!mark) return words.chart.name;
  const [x, y] = [axis(spec.encoding, "x"), axis(spec.encoding, "y")];
  return words.chart.of(mark.charAt(0).toUpperCase() + mark.slice(1), x && y ? words.chart.by(y, x) : x || y);
}

/** What keeps a chart from being drawn or from being drawn as a whole. */
export function lacks(library: string, spec: Spec): "maps" | "remote" | null {
  if (library === "plotly") {
    const traces = Array.isArray(spec.data) ? (spec.data as unknown[]) : [];
    const kinds = traces.map((trace) => (isRecord(trace) ? String(trace.type ?? "") : ""));
    return kinds.some((kind) => kind !== "scatter" && MAPS.test(kind)) ? "maps" : null;
  }
  return fetches(spec) ? "remote" : null;
}

function fetches(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(fetches);
  if (!isRecord(value)) return false;
  if (isRecord(value.data) && typeof value.data.url === "string") return true;
  return Object.entries(value).some(([key, inside]) => !["values", "datasets"].includes(key) && fetches(inside));
}

export interface ChartData {
  columns: wire.Column[];
  rows: unknown[][];
}

function ofRecords(records: readonly unknown[]): ChartData | null {
  const named = records.map((record) => (isRecord(record) ? record : { value: record }));
  const names = [...new Set(named.slice(0, 100).flatMap((record) => Object.keys(record)))];
  if (names.length === 0) return null;
  const pick = (record: Record<string, unknown>) =>
    names.map((name) => (Object.hasOwn(record, name) ? record[name] : null));
  return { columns: names.map((name) => ({ name })), rows: named.map(pick) };
}

function valuesOf(spec: Spec): readonly unknown[] | null {
  const { data, datasets } = spec;
  if (isRecord(data) && Array.isArray(data.values)) return data.values;
  if (isRecord(datasets)) {
    const name = isRecord(data) && typeof data.name === "string" ? data.name : Object.keys(datasets)[0];
    const found = name === undefined ? undefined : datasets[name];
    if (Array.isArray(found)) return found;
  }
  for (const key of ["layer", "hconcat", "vconcat", "concat"]) {
    const parts = spec[key];
    for (const part of Array.isArray(parts) ? (parts as unknown[]) : []) {
      const found = isRecord(part) ? valuesOf(part) : null;
      if (found !== null) return found;
    }
  }
  return isRecord(spec.spec) ? valuesOf(spec.spec) : null;
}

/** Values of a trace: a list, or what Plotly's typed arrays hold. */
function listed(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!isRecord(value) || typeof value.bdata !== "string") return null;
  const kinds = {
    i1: Int8Array,
    u1: Uint8Array,
    i2: Int16Array,
    u2: Uint16Array,
    i4: Int32Array,
    u4: Uint32Array,
    f4: Float32Array,
    f8: Float64Array,
  };
  const Kind = Object.hasOwn(kinds, String(value.dtype)) ? kinds[value.dtype as keyof typeof kinds] : null;
  if (Kind === null) return null;
  try {
    const bytes = Uint8Array.from(atob(value.bdata), (sign) => sign.charCodeAt(0));
    return Array.from(new Kind(bytes.buffer, 0, Math.floor(bytes.length / Kind.BYTES_PER_ELEMENT)));
  } catch {
    return null; // half a value is none
  }
}

const CHANNELS = ["x", "y", "z", "labels", "values", "text", "open", "high", "low", "close", "theta", "r"];

function ofTraces(traces: readonly unknown[]): ChartData | null {
  const rows = traces.flatMap((trace, at) => {
    if (!isRecord(trace)) return [];
    const found = CHANNELS.map((channel) => [channel, listed(trace[channel])] as const).filter(
      ([, list]) => list !== null,
    );
    const length = Math.max(0, ...found.map(([, list]) => list?.length ?? 0));
    const name = typeof trace.name === "string" ? trace.name : String(at + 1);
    return Array.from({ length }, (_, row) => ({
      ...(traces.length > 1 ? { [words.chart.series]: name } : {}),
      ...Object.fromEntries(found.map(([channel, list]) => [channel, list?.[row]])),
    }));
  });
  return ofRecords(rows);
}

/** The data of a chart as a table; null where there is none to show. */
export function dataOf(library: string, spec: Spec): ChartData | null {
  if (library === "plotly") return Array.isArray(spec.data) ? ofTraces(spec.data) : null;
  const values = valuesOf(spec);
  return values === null ? null : ofRecords(values);
}
