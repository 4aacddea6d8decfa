import { describe, expect, it } from "vitest";
import { partsOf, time, type Usage } from "./measures";

const none = { limit: null, used: null };
const usage: Usage = {
  awake: true,
  wall_s: none,
  cpu_s: { limit: 60, used: 90 },
  memory_bytes: { limit: 2_000_000, used: 500_000 },
  open_files: { limit: 1024, used: null },
  processes: { limit: null, used: 2 },
  stream_bytes: { limit: 1000, used: 10 },
  bytes_per_s: none,
  waiting_s: none,
  idle_s: none,
  events: 1234,
  files_bytes: 0,
  ends_at: null,
  removed_at: null,
};

describe("partsOf", () => {
  it("says each limit with what is used of it, and draws those that have both", () => {
    const [process] = partsOf(usage, false);
    expect(process?.lines.map(({ name, text, share }) => [name, text, share])).toEqual([
      ["Memory", "500 kB of 2 MB", 0.25],
      ["Processor time", "1.5 min of 1 min", 1],
      ["Open files", "up to 1,024", null],
      ["Other processes", "2", null],
    ]);
  });

  it("leaves out what has neither, and the parts that are empty by it", () => {
    expect(partsOf(usage, false).map((part) => part.title)).toEqual(["Process", "Kept of it"]);
  });

  it("tells of an ended session only what is kept of it", () => {
    const [kept, ...more] = partsOf(usage, true);
    expect(kept?.lines.map((line) => line.text)).toEqual(["10 bytes of 1 kB", "1,234", "0 bytes"]);
    expect(more).toEqual([]);
  });
});

describe("time", () => {
  it.each([
    [0.03, "0 sec"],
    [0.4, "0.4 sec"],
    [45, "45 sec"],
    [90, "1.5 min"],
    [7200, "2 hr"],
    [86_400 * 12, "12 days"],
  ])("says %s seconds as %s", (seconds, text) => {
    expect(time(seconds)).toBe(text);
  });
});
