import { Button, Center, Loader, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { words } from "../../texts/signin";
import { Card } from "./Card";
import { Wrong } from "./fields";

interface Props {
  /** What was refused, in the server's words. */
  why: string;
  /** What to do about it. */
  hint?: string;
  title?: string;
  children?: ReactNode;
}

/** A link that leads nowhere, and the way on. */
export function DeadEnd({ why, hint, title = words.badLink, children }: Props) {
  return (
    <Card title={title}>
      <Wrong text={why} />
      {hint !== undefined && <Text size="sm">{hint}</Text>}
      {children}
      <Button component={Link} to="/" replace variant={children === undefined ? "filled" : "default"} size="md">
        {words.home}
      </Button>
    </Card>
  );
}

/** Something that takes a moment before there is anything to show. */
export function Waiting({ title }: { title: string }) {
  return (
    <Card title={title}>
      <Center h={96}>
        <Loader aria-hidden />
      </Center>
    </Card>
  );
}
