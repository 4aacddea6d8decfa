// Vega-Lite: expressions are interpreted, as no page may make code of text, and nothing is fetched from anywhere.
import embed, { type EmbedOptions } from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";
import type { Loader } from "vega";
import type { TopLevelSpec } from "vega-lite";
import { safeLink, safePicture } from "../markdown/addresses";
import { coloursOf, font, isRecord, without, type Draw, type Spec } from "./drawing";
import { tooltip } from "./tooltip";

const HEIGHT = 280;

const refused = (): Promise<never> => Promise.reject(new Error("Nothing is fetched for a chart."));

/** Links open in a tab of their own; pictures are in the specification itself; data is never loaded. */
const loader: Loader = {
  load: refused,
  http: refused,
  file: refused,
  sanitize: (address, { context }: { context?: string } = {}) => {
    const href = context === "href" ? safeLink(address) : context === "image" ? safePicture(address) : null;
    if (href === null) return refused();
    return Promise.resolve(context === "href" ? { href, target: "_blank", rel: "noopener noreferrer" } : { href });
  },
};

function config(dark: boolean): EmbedOptions["config"] {
  const { text, quiet, line, page, series } = coloursOf(dark);
  const words = {
    labelColor: quiet,
    titleColor: quiet,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 500 as const,
  };
  return {
    background: "transparent",
    font,
    view: { stroke: null },
    title: { color: text, anchor: "start", fontSize: 15, fontWeight: 600, subtitleColor: quiet, offset: 12 },
    axis: { ...words, gridColor: line, domainColor: line, tickColor: line, labelPadding: 6, titlePadding: 10 },
    axisX: { grid: false },
    axisY: { domain: false, ticks: false },
    legend: { ...words, symbolType: "circle" as const, symbolSize: 80 },
    header: { labelColor: text, titleColor: quiet },
    mark: { color: series[0], tooltip: true },
    line: { strokeWidth: 2 },
    point: { filled: true, size: 40 },
    bar: { cornerRadiusEnd: 2 },
    area: { fillOpacity: 0.35, line: true },
    arc: { stroke: page },
    text: { color: text },
    rule: { color: quiet },
    range: { category: [...series] },
  };
}

/** Whether the width of a chart is its own: one that has parts has none. */
const isWhole = (spec: Spec): boolean =>
  !["hconcat", "vconcat", "concat", "facet", "repeat"].some((key) => key in spec) &&
  !(isRecord(spec.encoding) && ["row", "column", "facet"].some((key) => key in (spec.encoding as object)));

/** Draw a specification of Vega-Lite. */
export const draw: Draw = async ({ element, spec, name, dark, width }) => {
  const fits = isWhole(spec) && (spec.width === undefined || spec.width === "container");
  // What a specification may say of how it is embedded, and of other elements of the page, is left out.
  const own = without(
    spec,
    (key, value) => !["usermeta", "$schema"].includes(key) && !(key === "element" && typeof value === "string"),
  );
  const given = {
    ...own,
    description: typeof own.description === "string" && own.description ? own.description : name,
    ...(fits ? { width, autosize: { type: "fit", contains: "padding" } } : {}),
    ...(isWhole(spec) && (own.height === undefined || own.height === "container") ? { height: HEIGHT } : {}),
  };
  const tip = tooltip();
  const options: EmbedOptions = {
    mode: "vega-lite",
    ast: true,
    expr: expressionInterpreter,
    loader,
    actions: false,
    defaultStyle: false,
    renderer: "canvas",
    logLevel: 0,
    tooltip: tip.handler,
    config: config(dark),
  };
  try {
    const { view, finalize } = await embed(element, given as TopLevelSpec, options);
    return {
      resize: (room) => void (fits && view.width(room).runAsync()),
      picture: () => view.background(coloursOf(dark).page).toImageURL("png", 2),
      end: () => {
        finalize();
        tip.end();
      },
    };
  } catch (error) {
    tip.end();
    throw error;
  }
};
