/** Mean of numbers; NaN for none. */
export function mean(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

/** A stretch of a loss curve, reduced to what a narrow figure can show. */
export interface Bucket {
  /** Middle of the stretch, in steps. */
  readonly step: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Cuts a loss curve into at most `count` stretches of equal length; values that are not finite are left out. */
export function bucketize(losses: readonly number[], count: number): Bucket[] {
  const length = Math.max(1, Math.ceil(losses.length / count));
  const buckets: Bucket[] = [];
  for (let start = 0; start < losses.length; start += length) {
    const part = losses.slice(start, start + length);
    const finite = part.filter(Number.isFinite);
    if (finite.length === 0) continue;
    buckets.push({ step: start + (part.length + 1) / 2, mean: mean(finite), low: Math.min(...finite), high: Math.max(...finite) });
  }
  return buckets;
}

/**
 * Makes an exponential moving average with bias correction: s_t = βs_{t−1} + (1−β)x_t, and the average is s_t / (1−β^t),
 * so that it starts at the first value.
 *
 * @param beta - weight of the past, from 0 to 1
 * @returns a function that takes the next value and returns the average so far
 */
export function movingAverage(beta: number): (value: number) => number {
  let average = 0;
  let weight = 0;
  return (value) => {
    average = beta * average + (1 - beta) * value;
    weight = beta * weight + (1 - beta);
    return average / weight;
  };
}
