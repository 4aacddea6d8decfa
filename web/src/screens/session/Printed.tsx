import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { BlockView } from "../../blocks/BlockView";
import { useChildren } from "../../blocks/DocumentContext";
import { Ending } from "./Ending";
import classes from "./Printed.module.css";

const LOADS_MS = 600;

/** Whether the page is being printed, and what prints it once all of the document is there. */
export function usePrinting(): { printing: boolean; print(): void } {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    if (!printing) return;
    const { dataset } = document.documentElement;
    const scheme = dataset.mantineColorScheme;
    dataset.mantineColorScheme = "light"; // paper is white
    return () => void (dataset.mantineColorScheme = scheme);
  }, [printing]);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  const print = () => {
    setPrinting(true);
    setTimeout(() => window.print(), LOADS_MS); // charts and formulas are loaded when they are first shown
  };
  return { printing, print };
}

/** The whole document, without what is only for the screen. */
export function Printed({ title, ending }: { title: string; ending: Parameters<typeof Ending>[0] }) {
  const blocks = useChildren(null);
  return (
    <div className={classes.paper}>
      <h1>{title}</h1>
      {blocks.map((id) => (
        <BlockView key={id} id={id} />
      ))}
      <Ending {...ending} />
    </div>
  );
}
