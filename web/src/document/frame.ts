// When what was gathered is shown.

/** Has `run` called once, soon; gives what takes that back. */
export type Scheduler = (run: () => void) => () => void;

const FRAME_MS = 1000 / 60;
const HIDDEN_MS = 250;

/** As soon as all that came together is folded; but not again before the next frame. */
export function oncePerFrame(): Scheduler {
  let last = -Infinity;
  return (run) => {
    const once = () => {
      last = performance.now();
      run();
    };
    return performance.now() - last >= FRAME_MS && !document.hidden ? soon(once) : withFrame(once);
  };
}

const soon: Scheduler = (run) => {
  const timer = setTimeout(run);
  return () => clearTimeout(timer);
};

/** With the next frame; by the clock where there are none, as in a tab that is hidden. */
const withFrame: Scheduler = (run) => {
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = () => {
    cancel();
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_MS);
  return cancel;
};

/** Once what is there now has been painted. */
export const afterFrame: Scheduler = (run) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => (timer = setTimeout(run)));
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};
