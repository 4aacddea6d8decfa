import { Drawer } from "@mantine/core";
import { words } from "../../texts/frame";
import { Navigation } from "./Navigation";

interface Props {
  opened: boolean;
  onPalette: () => void;
  onKeys: () => void;
  onClose: () => void;
}

/** The ways to everything on a phone. */
export function More({ opened, onPalette, onKeys, onClose }: Props) {
  return (
    <Drawer opened={opened} onClose={onClose} position="bottom" size="auto" title={words.more} radius="lg">
      <nav aria-label={words.navigation}>
        <Navigation narrow={false} onPalette={onPalette} onKeys={onKeys} onGo={onClose} />
      </nav>
    </Drawer>
  );
}
