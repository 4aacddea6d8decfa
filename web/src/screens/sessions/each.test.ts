import { expect, test } from "vitest";
import { each } from "./each";

test("it is done with each once, a few at a time, and the failures are told", async () => {
  let running = 0;
  let most = 0;
  const counts: number[] = [];
  const { done, failed } = await each(
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    async (number) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      if (number === 5) throw new Error("no");
    },
    (count) => counts.push(count),
  );
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
  expect(failed.map((error) => error.message)).toEqual(["no"]);
  expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(4);
});
