import { Tooltip, type TooltipProps } from "@mantine/core";

/** What a hint shows. */
export const HintShown = (props: Omit<TooltipProps, "children">) => <Tooltip opened {...props} />;
