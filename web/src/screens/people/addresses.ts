// Addresses as people paste them: lists, lines, `Ada Lovelace <ada@example.com>`.

const NAMED = /<([^<>]*)>/;
const BETWEEN = /[,;\n\r\t]+/;
const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+$/;

/** Whether a text looks like an address; whether mail can go there, the server says. */
export const isAddress = (text: string): boolean => text.length <= 254 && ADDRESS.test(text);

/** Take the addresses out of a pasted text; what is none stays as it is. Each is given once, however it is written. */
export function addressesIn(text: string): string[] {
  const parts = text.split(BETWEEN).flatMap((part) => {
    const address = NAMED.exec(part)?.[1] ?? part;
    const words = address
      .trim()
      .replace(/^mailto:/i, "")
      .split(/\s+/)
      .filter(Boolean);
    return words.every(isAddress) ? words : [words.join(" ")];
  });
  return unique(parts);
}

/** Addresses without those that differ by case alone. */
export function unique(addresses: readonly string[]): string[] {
  const seen = new Map(addresses.filter(Boolean).map((one) => [one.toLowerCase(), one]));
  return [...seen.values()];
}
