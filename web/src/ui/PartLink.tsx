import { NavLink, type NavLinkProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type ItemProps = NavLinkProps & Omit<ComponentPropsWithRef<"a">, keyof NavLinkProps>;

/** A link to a part of a screen that has several, marked where one is. */
export const PartLink = createLink((props: ItemProps) => <NavLink component="a" {...props} />);
