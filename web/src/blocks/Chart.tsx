import { ActionIcon, Alert, Skeleton, Text, useComputedColorScheme } from "@mantine/core";
import { IconChartBar, IconPhotoDown, IconTable } from "@tabler/icons-react";
import { useEffect, useId, useMemo, useRef, useState, type RefObject } from "react";
import { words } from "../texts/blocks";
import { Caption } from "./Caption";
import { dataOf, lacks, nameOf } from "./chart/about";
import type { Draw, Drawing, Spec } from "./chart/drawing";
import classes from "./Chart.module.css";
import type { BlockProps } from "./index";
import { useKept } from "./kept";
import { save } from "./save";
import { TableView } from "./table/TableView";

const libraries: Readonly<Record<string, (() => Promise<{ draw: Draw }>) | undefined>> = {
  "vega-lite": () => import("./chart/vega"),
  plotly: () => import("./chart/plotly"),
};

interface Drawn {
  drawing: Drawing | null;
  failed: string | null;
}

interface Wanted {
  library: string;
  spec: Spec;
  name: string;
  dark: boolean;
}

/** Draws into an element; what was drawn before stays until the next drawing is there. */
function useDrawing(frame: RefObject<HTMLDivElement | null>, { library, spec, name, dark }: Wanted): Drawn {
  const [drawn, setDrawn] = useState<Drawn>({ drawing: null, failed: null });
  useEffect(() => {
    const around = frame.current;
    if (around === null) return;
    const element = document.createElement("div");
    let [drawing, over, last]: [Drawing | null, boolean, number] = [null, false, 0];
    const begin = async () => {
      const { draw } = (await libraries[library]?.()) ?? {};
      if (draw === undefined) throw new Error(library);
      last = around.clientWidth;
      element.style.visibility = "hidden";
      element.style.position = "absolute";
      around.append(element);
      drawing = await draw({ element, spec, name, dark, width: Math.max(last, 160) });
      if (over) return end();
      around.replaceChildren(element);
      element.removeAttribute("style");
      setDrawn({ drawing, failed: null });
    };
    const end = () => {
      drawing?.end();
      element.remove();
    };
    begin().catch((error: unknown) => {
      element.remove();
      if (!over) setDrawn({ drawing: null, failed: error instanceof Error ? error.message : String(error) });
    });
    const observer = new ResizeObserver(() => {
      if (drawing === null || around.clientWidth === 0 || around.clientWidth === last) return;
      last = around.clientWidth;
      drawing.resize(last);
    });
    observer.observe(around);
    return () => {
      over = true;
      observer.disconnect();
      drawing?.end();
    };
  }, [frame, library, spec, name, dark]);
  return drawn;
}

interface CanvasProps {
  wanted: Wanted;
  height: number;
  drawn(drawing: Drawing | null): void;
}

function Canvas({ wanted, height, drawn }: CanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { drawing, failed } = useDrawing(frame, wanted);
  useEffect(() => drawn(drawing), [drawing, drawn]);
  if (failed !== null)
    return (
      <Alert
        variant="light"
        color="gray"
        bg="var(--block-faint)"
        icon={<IconChartBar size={18} />}
        title={words.chart.failed}
      >
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {failed.slice(0, 500)}
        </Text>
      </Alert>
    );
  return (
    <div className={classes.canvas} style={{ minHeight: height }}>
      <div ref={frame} className={classes.frame} />
      {drawing === null && <Skeleton className={classes.waiting} role="status" aria-label={words.chart.loading} />}
    </div>
  );
}

const heightOf = (library: string, spec: Spec): number => {
  const layout = library === "plotly" && typeof spec.layout === "object" ? (spec.layout as Spec | null) : spec;
  return typeof layout?.height === "number" ? Math.min(layout.height, 800) : library === "plotly" ? 380 : 280;
};

/** A chart with its name, its data as a table, and a picture of it to keep. */
export function Chart({ block }: BlockProps<"chart">) {
  const { library, spec, caption } = block.props;
  const dark = useComputedColorScheme("light") === "dark";
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [open, setOpen] = useKept(`${block.id}:data`, false);
  const id = useId();
  const lack = useMemo(() => lacks(library, spec), [library, spec]);
  const data = useMemo(() => dataOf(library, spec), [library, spec]);
  const name = nameOf(spec, caption);
  const drawable = lack === null || (lack === "remote" && data !== null);
  const button = { variant: "subtle", color: "gray", c: "var(--block-quiet)", className: classes.button } as const;
  return (
    <figure className={classes.figure} aria-label={name}>
      {drawable && (
        <Canvas wanted={{ library, spec, name, dark }} height={heightOf(library, spec)} drawn={setDrawing} />
      )}
      {lack !== null && (
        <Text size="sm" c="var(--block-quiet)">
          {lack === "maps" ? words.chart.maps : words.chart.remote}
        </Text>
      )}
      <div className={classes.foot}>
        <div className={classes.caption}>
          <Caption>{caption}</Caption>
        </div>
        {data !== null && (
          <ActionIcon
            {...button}
            aria-label={words.chart.data}
            title={words.chart.data}
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            onClick={() => setOpen(!open)}
          >
            <IconTable size={16} />
          </ActionIcon>
        )}
        {drawing !== null && (
          <ActionIcon
            {...button}
            aria-label={words.chart.save}
            title={words.chart.save}
            onClick={() => void drawing.picture().then((picture) => save(words.chart.file, picture))}
          >
            <IconPhotoDown size={16} />
          </ActionIcon>
        )}
      </div>
      {open && data !== null && (
        <div id={id}>
          <TableView id={`${block.id}:data`} columns={data.columns} rows={data.rows} />
        </div>
      )}
    </figure>
  );
}
