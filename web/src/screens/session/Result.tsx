import { Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { words } from "../../texts/session";
import { AsBlock } from "./AsBlock";
import { asTable } from "./results";

/** What the app returned: text as it is, equal records as a table, anything else to look into. */
export function Result({ value }: { value: unknown }) {
  return (
    <section aria-labelledby="result">
      <Title order={2} size="h5" id="result" mb="xs">
        {words.end.result}
      </Title>
      <Value value={value} />
    </section>
  );
}

function Value({ value }: { value: unknown }) {
  const table = useMemo(() => asTable(value), [value]);
  const tree = useMemo(() => ({ value }), [value]);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{String(value)}</Text>;
  return table === null ? <AsBlock kind="json" props={tree} /> : <AsBlock kind="table" props={table} />;
}
