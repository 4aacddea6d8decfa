import { Button, Group, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { words } from "../texts/blocks";

interface Props {
  /** Another content is tried anew. */
  content: unknown;
  children: ReactNode;
}

interface State {
  failed: boolean;
  content: unknown;
}

/** Holds an error of one block back from the rest of the document. */
export class Boundary extends Component<Props, State> {
  override state: State = { failed: false, content: this.props.content };

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  static getDerivedStateFromProps({ content }: Props, state: State): Partial<State> | null {
    return content === state.content ? null : { failed: false, content };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Group gap="xs" role="alert">
        <Text size="sm" c="var(--block-quiet)">
          {words.broken}
        </Text>
        <Button size="compact-xs" variant="default" onClick={() => this.setState({ failed: false })}>
          {words.brokenAgain}
        </Button>
      </Group>
    );
  }
}
