// Plotly: the build that makes no code of text. Nothing is fetched: neither maps nor pictures from elsewhere.
import plotly from "plotly.js-strict-dist-min";
import { safePicture } from "../markdown/addresses";
import { coloursOf, font, isRecord, without, type Draw } from "./drawing";

const HEIGHT = 380;

/** How charts look unless they say it themselves. */
function template(dark: boolean): Record<string, unknown> {
  const { text, quiet, line, page, series } = coloursOf(dark);
  const axis = {
    gridcolor: line,
    zerolinecolor: line,
    linecolor: line,
    tickcolor: line,
    automargin: true,
    tickfont: { color: quiet },
    title: { font: { color: quiet } },
  };
  const scene = { gridcolor: line, zerolinecolor: line, linecolor: line, backgroundcolor: "rgba(0,0,0,0)" };
  return {
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: font, color: text, size: 12 },
      title: { x: 0, xref: "container", xanchor: "left", pad: { l: 4 }, font: { size: 15, weight: 600 } },
      colorway: [...series],
      xaxis: axis,
      yaxis: axis,
      scene: { xaxis: scene, yaxis: scene, zaxis: scene },
      polar: { bgcolor: "rgba(0,0,0,0)", angularaxis: axis, radialaxis: axis },
      hoverlabel: { bgcolor: page, bordercolor: line, font: { family: font, color: text } },
      margin: { l: 48, r: 16, t: 40, b: 40 },
    },
  };
}

/** Draw a figure of Plotly. */
export const draw: Draw = async ({ element, spec, dark, width }) => {
  const own = without(
    spec,
    (key, value) => !/(^|\.)source$/.test(key) || typeof value !== "string" || safePicture(value) !== null,
  );
  const layout = isRecord(own.layout) ? own.layout : {};
  const fits = typeof layout.width !== "number";
  const height = typeof layout.height === "number" ? layout.height : HEIGHT;
  const titled = layout.title !== undefined && layout.title !== null;
  const margin = { ...(titled ? {} : { t: 16 }), ...(isRecord(layout.margin) ? layout.margin : {}) };
  const sized = { ...layout, template: template(dark), height, margin, ...(fits ? { width } : {}) };
  const config = {
    displaylogo: false,
    modeBarButtonsToRemove: ["toImage", "sendDataToCloud", "select2d", "lasso2d"],
    topojsonURL: "/static/",
    doubleClickDelay: 400,
  };
  await plotly.newPlot(element, { data: own.data, layout: sized, frames: own.frames, config });
  return {
    resize: (room) => void (fits && plotly.relayout(element, { width: room })),
    picture: () => {
      const figure = { data: own.data, layout: { ...sized, paper_bgcolor: coloursOf(dark).page }, config };
      return plotly.toImage(figure, { format: "png", width: element.clientWidth || 800, height, scale: 2 });
    },
    end: () => plotly.purge(element),
  };
};
