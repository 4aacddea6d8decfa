const AT_ONCE = 4;

/** Do it with each of them, a few at once; tells after each how many it was done with.
 *
 * What fails holds up no other.
 */
export async function each<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  told: (count: number) => void = () => undefined,
): Promise<{ done: T[]; failed: Error[] }> {
  const left = items.values();
  const done: T[] = [];
  const failed: Error[] = [];
  const work = async () => {
    for (const item of left) {
      try {
        await act(item);
        done.push(item);
      } catch (error) {
        failed.push(error instanceof Error ? error : new Error(String(error)));
      }
      told(done.length + failed.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { done, failed };
}
