// What stands around every control: the question above it, the help and what is wrong below.
import { Input } from "@mantine/core";
import type { ReactNode } from "react";

interface Around {
  id: string;
  label: string;
  spec: { help?: string | null; optional?: boolean };
  error?: string;
  field?: boolean;
}

/** The props by which Mantine's inputs show question, help and error. */
export function around({ id, label, spec, error, field }: Around) {
  return {
    id,
    label: label === "" ? undefined : label,
    description: spec.help ?? undefined,
    error,
    errorProps: { role: "alert", mt: 6 },
    labelProps: field ? {} : { fw: 600, fz: "md", mb: 4, style: { overflowWrap: "anywhere" as const } },
    withAsterisk: field === true && spec.optional !== true,
  };
}

interface GroupProps {
  of: Around;
  children: ReactNode;
  /** One control in it has the question as its name already. */
  named?: boolean;
}

/** The same for controls that are more than one element: a group with the question as its name. */
export function Group({ of, children, named = false }: GroupProps) {
  const { id, ...more } = around(of);
  const told = [of.error ? `${id}-error` : "", of.spec.help ? `${id}-description` : ""].filter(Boolean).join(" ");
  const group = {
    role: "group",
    "aria-labelledby": of.label === "" ? undefined : `${id}-label`,
    "aria-describedby": told || undefined,
  };
  return (
    <Input.Wrapper {...more} id={id} labelElement="div" labelProps={{ ...more.labelProps, id: `${id}-label` }}>
      <div {...(named ? {} : group)} data-wrong={of.error ? true : undefined}>
        {children}
      </div>
    </Input.Wrapper>
  );
}
