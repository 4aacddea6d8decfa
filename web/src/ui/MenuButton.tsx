import { cloneElement, useState, type ComponentType, type ReactElement } from "react";
import { tellFailure } from "./ErrorNote";

type Button = ReactElement<Record<string, unknown>>;

/** A menu that opens as soon as it is shown, by the button that it gets. */
export interface OpenedMenu {
  button: Button;
}

interface Props<Given> {
  /** A part: it is loaded when somebody is about to press the button. */
  menu: ComponentType<Given & OpenedMenu> & { load(): Promise<unknown> };
  given: Given;
  children: Button;
}

/** A button that opens a menu. */
export function MenuButton<Given>({ menu: Menu, given, children }: Props<Given>) {
  const [opened, setOpened] = useState(false);
  if (opened) return <Menu {...given} button={children} />;
  const near = () => void Menu.load().catch(() => undefined);
  const press = () => void Menu.load().then(() => setOpened(true), tellFailure);
  const waits = { "aria-haspopup": "menu", "aria-expanded": false };
  return cloneElement(children, { ...waits, onPointerEnter: near, onFocus: near, onClick: press });
}
