// How well something fits what was typed.

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** How well a text fits: 0 not at all; the higher, the earlier its words begin with those that were typed. */
export function fit(text: string, typed: string): number {
  const wanted = plain(typed).split(/\s+/).filter(Boolean);
  const within = plain(text);
  let sum = 1;
  for (const word of wanted) {
    const at = within.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || within.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word));
    sum += (at === 0 ? 3 : begins ? 2 : 0) + 1;
  }
  return sum;
}

/** Those that fit, the best first, at most `limit`. */
export function fitting<T>(all: readonly T[], typed: string, text: (one: T) => string, limit = 6): T[] {
  const rated = all.map((one) => [fit(text(one), typed), one] as const).filter(([rate]) => rate > 0);
  if (typed.trim()) rated.sort(([a], [b]) => b - a);
  return rated.slice(0, limit).map(([, one]) => one);
}
