declare module "plotly.js-strict-dist-min" {
  interface Figure {
    data: unknown;
    layout: Record<string, unknown>;
    frames?: unknown;
    config: Record<string, unknown>;
  }
  const plotly: {
    newPlot(element: HTMLElement, figure: Figure): Promise<HTMLElement>;
    relayout(element: HTMLElement, layout: Record<string, unknown>): Promise<HTMLElement>;
    toImage(
      element: HTMLElement | Figure,
      options: { format: "png"; width: number; height: number; scale: number },
    ): Promise<string>;
    purge(element: HTMLElement): void;
  };
  export default plotly;
}
