import { words } from "../texts/everywhere";

/** A number of bytes as people say it: `1.4 MB`. */
export function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), words.units.length - 1);
  const amount = bytes / 1000 ** power;
  const digits = { maximumFractionDigits: power > 0 && amount < 100 ? 1 : 0 };
  return words.size(amount.toLocaleString(undefined, digits), words.units[power] ?? "");
}
