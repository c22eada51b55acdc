/** Adds up time that is spent in pieces. */
export interface Stopwatch {
  start(): void;
  stop(): void;
  /** The time so far, in seconds. */
  seconds(): number;
}

/** Makes a stopwatch that stands still at zero. */
export function makeStopwatch(): Stopwatch {
  let total = 0;
  let started: number | undefined;
  return {
    start: () => {
      started ??= performance.now();
    },
    stop: () => {
      if (started !== undefined) total += performance.now() - started;
      started = undefined;
    },
    seconds: () => (total + (started === undefined ? 0 : performance.now() - started)) / 1000,
  };
}
