// When what was gathered is shown.

/** Has `run` called once, soon; gives what takes that back. */
export type Scheduler = (run: () => void) => () => void;

const HIDDEN_MS = 250;

/** With the next frame; by the clock where there are none, as in a tab that is hidden. */
export const withFrame: Scheduler = (run) => {
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
