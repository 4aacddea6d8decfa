import { createContext } from "react";

/** The level of the heading that stands above: 1 is the screen's own. */
export const Depth = createContext(1);
