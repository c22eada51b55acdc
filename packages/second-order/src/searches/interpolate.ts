/** What is known about the line at one step length. */
export interface LineSample {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/**
 * The minimizer of the cubic polynomial that has two given values and slopes, or undefined when it has none.
 *
 * @see Nocedal and Wright, "Numerical optimization", 2006, equation 3.59.
 */
export function cubicMinimizer(a: LineSample, b: LineSample): number | undefined {
  const sum = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const square = sum * sum - a.slope * b.slope;
  if (!(square >= 0)) return undefined;
  const root = Math.sign(b.step - a.step) * Math.sqrt(square);
  const step = b.step - ((b.step - a.step) * (b.slope + root - sum)) / (b.slope - a.slope + 2 * root);
  return Number.isFinite(step) ? step : undefined;
}

/** Where the slope would be 0 if it changed linearly between two samples, or undefined. */
export function secantMinimizer(a: LineSample, b: LineSample): number | undefined {
  const step = a.step - (a.slope * (b.step - a.step)) / (b.slope - a.slope);
  return Number.isFinite(step) ? step : undefined;
}

/** The minimizer of the parabola with a value and slope at 0 and a value at `step`, or undefined when it has none. */
export function quadraticMinimizer(value: number, slope: number, step: number, valueThere: number): number | undefined {
  const curvature = valueThere - value - slope * step;
  const minimizer = (-slope * step * step) / (2 * curvature);
  return curvature > 0 && Number.isFinite(minimizer) ? minimizer : undefined;
}

/** `x`, moved into [low, high]. */
export function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
