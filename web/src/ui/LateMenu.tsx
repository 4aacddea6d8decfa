import "@mantine/core/styles/Menu.css";
import { Menu, type MenuProps } from "@mantine/core";
import { cloneElement, useEffect, useRef, useState } from "react";
import type { OpenedMenu } from "./MenuButton";

/** The menu of a `MenuButton`. It takes the place of a button that had the keyboard, and opens. */
export function LateMenu({ button, children, ...props }: MenuProps & OpenedMenu) {
  const place = useRef<HTMLElement>(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      place.current?.focus();
      setOpened(true);
    });
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <Menu {...props} opened={opened} onChange={setOpened}>
      <Menu.Target>{cloneElement(button, { ref: place })}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
