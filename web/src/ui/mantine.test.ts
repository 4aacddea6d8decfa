import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";

const STYLES = "node_modules/@mantine/core/styles";
const IMPORT = /import\s*\{([^}]*)\}\s*from "@mantine\/core"/g;

/** The names that a file takes from Mantine. */
function takenBy(file: string): string[] {
  const found = [...readFileSync(file, "utf8").matchAll(IMPORT)];
  return found.flatMap(([, names = ""]) => names.split(",").map((name) => name.trim().split(" as ")[0] ?? ""));
}

test("every component in use has its styles", async () => {
  const files = (await readdir("src", { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const taken = new Set(files.flatMap((name) => takenBy(`src/${name}`)));
  const wanted = [...taken].filter((name) => name && existsSync(`${STYLES}/${name}.css`));
  const listed = readFileSync("src/ui/mantine.css", "utf8");
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter((name) => !listed.includes(`/${name}.css"`))).toEqual([]);
});
