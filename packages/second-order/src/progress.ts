/** How a run gets on: the least value and the least gradient so far, and for how many steps neither has fallen. */
export interface Progress {
  readonly value: number;
  readonly gradientNorm: number;
  readonly idleSteps: number;
}

/** After so many idle steps in a row a run only wanders about in the rounding of its values. */
const idleLimit = 20;

/** Differences between values of this size may be rounding: they come from sums whose parts may be larger. */
export function noiseOf(value: number, precision: number): number {
  return precision ** (2 / 3) * Math.abs(value);
}

/** The start of a run. */
export function progressFrom(value: number, gradientNorm: number): Progress {
  return { value, gradientNorm, idleSteps: 0 };
}

/**
 * The progress after a further step. A step is idle when neither value nor gradient falls below the best, although the value
 * stays beside it: a method that climbs on its way is not idle.
 */
export function progressAfter(before: Progress, value: number, gradientNorm: number, precision: number): Progress {
  const falls = value < before.value || gradientNorm < before.gradientNorm;
  const stays = value - before.value <= noiseOf(value, precision);
  return {
    value: Math.min(value, before.value),
    gradientNorm: Math.min(gradientNorm, before.gradientNorm),
    idleSteps: !falls && stays ? before.idleSteps + 1 : 0,
  };
}

/** Whether a run has come as far as the rounding of its values lets it. */
export function isIdle({ idleSteps }: Progress): boolean {
  return idleSteps >= idleLimit;
}
