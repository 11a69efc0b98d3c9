/** Time, so that tests and the simulation can move it. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch; may jump. */
  nowMs(): number;
  /** Never goes back and does not follow corrections of the wall clock; only differences mean something. */
  monotonicMs(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
