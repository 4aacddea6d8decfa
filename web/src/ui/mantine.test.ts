import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";

const STYLES = "node_modules/@mantine/core/styles";
const IMPORT = /(?:import|export)\s*\{([^}]*)\}\s*from "@mantine\/core"/g;
/** What a component uses besides. */
const BESIDES: Record<string, string[]> = {
  Select: ["Combobox"],
  MultiSelect: ["Combobox", "Pill", "PillsInput"],
  TagsInput: ["Combobox", "Pill", "PillsInput"],
};

/** The names of the styles that a file needs for what it takes from Mantine. */
function neededBy(source: string): string[] {
  const found = [...source.matchAll(IMPORT)];
  const names = found.flatMap(([, names = ""]) => names.split(",").map((name) => name.trim().split(" as ")[0] ?? ""));
  const all = names.flatMap((name) => [name, ...(BESIDES[name] ?? [])]);
  return all.filter((name) => name && existsSync(`${STYLES}/${name}.css`));
}

test("every component in use has its styles: among those of all screens, or beside it", async () => {
  const files = (await readdir("src", { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const listed = readFileSync("src/ui/mantine.css", "utf8");
  const lacking: string[] = [];
  const wanted = new Set<string>();
  for (const file of files) {
    const source = readFileSync(`src/${file}`, "utf8");
    for (const name of neededBy(source)) {
      wanted.add(name);
      const has = (text: string) => text.includes(`@mantine/core/styles/${name}.css"`);
      if (!has(listed) && !has(source)) lacking.push(`${file}: ${name}`);
    }
  }
  expect(wanted.size).toBeGreaterThan(20);
  expect(lacking).toEqual([]);
});
