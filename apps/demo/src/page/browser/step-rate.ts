/** Seconds that the rate looks back. */
const WINDOW = 1;

/**
 * Makes a measurement of steps per second over the last second.
 *
 * @returns a function that takes the number of steps so far and the time in seconds; its first answer is the rate since 0
 */
export function makeStepRate(): (steps: number, seconds: number) => number {
  let samples = [{ steps: 0, seconds: 0 }];
  return (steps, seconds) => {
    const start = samples.findLastIndex((sample) => sample.seconds <= seconds - WINDOW);
    samples = [...samples.slice(Math.max(0, start)), { steps, seconds }];
    const [first] = samples;
    return first === undefined ? Number.NaN : (steps - first.steps) / (seconds - first.seconds);
  };
}
