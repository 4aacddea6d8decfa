import { Group, Stack, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { words } from "../texts/everywhere";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** What stands opposite to the title. */
  actions?: ReactNode;
  /** How wide it may get: forms are `narrow`, lists are not. */
  width?: "narrow" | "wide";
  children?: ReactNode;
}

/** A screen: its heading, its name in the browser, its width. */
export function Page({ title, actions, width = "wide", children }: Props) {
  useDocumentTitle(words.pageTitle(title));
  return (
    <Stack gap="lg" className={classes.page} data-width={width}>
      <Group justify="space-between" gap="sm" mih={36}>
        <Title order={1} size="h3" className={classes.title}>
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}
