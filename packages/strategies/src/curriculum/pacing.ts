import { checkNumber, checkOptions } from "@opt/core";

/** The share in (0, 1] of the examples, easiest first, that are released at a progress in [0, 1] through the curriculum. */
export type Pacing = (progress: number) => number;

/** Options of every pacing. */
export interface PacingOptions {
  /** s, the share released from the beginning, in (0, 1]. */
  readonly start: number;
  /** u, the progress at which everything is released, in (0, 1]. Default 1. */
  readonly until?: number;
}

function checkPacing(where: string, options: PacingOptions, more: readonly string[] = []): Required<PacingOptions> {
  checkOptions(where, options, ["start", "until", ...more]);
  return {
    start: checkNumber(where, "start", options.start, { above: 0, max: 1 }),
    until: checkNumber(where, "until", options.until ?? 1, { above: 0, max: 1 }),
  };
}

/** The pacing that follows `rise(p / u)` before u and is 1 from there on. */
function pacingUntil(until: number, rise: (part: number) => number): Pacing {
  return (progress) => (progress >= until ? 1 : Math.min(1, rise(progress / until)));
}

/**
 * Releases all at once: `s` before u, then 1; two stages, "easy" and "all".
 *
 * @param options - Start s and end u.
 * @returns The pacing.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { fixedPacing } from "@opt/strategies";
 *
 * fixedPacing({ start: 0.25, until: 0.5 })(0.4); // 0.25
 * ```
 * @see Bengio, Louradour, Collobert and Weston, "Curriculum learning", 2009, section 5 (two stages); Hacohen and Weinshall, "On the power of
 * curriculum learning in training deep networks", 2019 ("single-step").
 */
export function fixedPacing(options: PacingOptions): Pacing {
  const { start, until } = checkPacing("fixedPacing", options);
  return pacingUntil(until, () => start);
}

/**
 * Releases at a constant rate: `s + (1 − s) p / u`.
 *
 * @param options - Start s and end u.
 * @returns The pacing.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { linearPacing } from "@opt/strategies";
 *
 * linearPacing({ start: 0.2 })(0.5); // 0.6
 * ```
 * @see Platanios and others, "Competence-based curriculum learning for neural machine translation", 2019, equation 6.
 */
export function linearPacing(options: PacingOptions): Pacing {
  const { start, until } = checkPacing("linearPacing", options);
  return pacingUntil(until, (part) => start + (1 - start) * part);
}

/** Options of {@link rootPacing}. */
export interface RootPacingOptions extends PacingOptions {
  /** k ≥ 1. Default 2; 1 is {@link linearPacing}. */
  readonly power?: number;
}

/**
 * Releases ever more slowly, so that what was released last gets its time: `(sᵏ + (1 − sᵏ) p / u)^(1/k)`.
 *
 * @param options - Start s, end u and k.
 * @returns The pacing.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { rootPacing } from "@opt/strategies";
 *
 * rootPacing({ start: 0.6 })(0.5); // √(0.36 + 0.64 · 0.5) = 0.8246
 * ```
 * @see Platanios and others, "Competence-based curriculum learning for neural machine translation", 2019, equation 8.
 */
export function rootPacing(options: RootPacingOptions): Pacing {
  const { start, until } = checkPacing("rootPacing", options, ["power"]);
  const power = checkNumber("rootPacing", "power", options.power ?? 2, { min: 1 });
  return pacingUntil(until, (part) => (start ** power + (1 - start ** power) * part) ** (1 / power));
}

/**
 * Multiplies what is released by a constant factor: `s^(1 − p / u)`.
 *
 * @param options - Start s and end u.
 * @returns The pacing.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { exponentialPacing } from "@opt/strategies";
 *
 * exponentialPacing({ start: 0.01 })(0.5); // 0.1
 * ```
 * @see Hacohen and Weinshall, "On the power of curriculum learning in training deep networks", 2019, section 2 (there in steps).
 */
export function exponentialPacing(options: PacingOptions): Pacing {
  const { start, until } = checkPacing("exponentialPacing", options);
  return pacingUntil(until, (part) => start ** (1 - part));
}

/** Options of {@link stepPacing}. */
export interface StepPacingOptions extends PacingOptions {
  /** n, how many equal steps lead from s to 1; an integer ≥ 1. */
  readonly steps: number;
}

/**
 * Releases in equal steps: `s + (1 − s) ⌊n p / u⌋ / n`.
 *
 * @param options - Start s, end u and the number of steps n.
 * @returns The pacing.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { stepPacing } from "@opt/strategies";
 *
 * stepPacing({ start: 0.5, steps: 2 })(0.6); // 0.75
 * ```
 * @see Bengio, Louradour, Collobert and Weston, "Curriculum learning", 2009, section 6 (a larger vocabulary at each step).
 */
export function stepPacing(options: StepPacingOptions): Pacing {
  const { start, until } = checkPacing("stepPacing", options, ["steps"]);
  const steps = checkNumber("stepPacing", "steps", options.steps, { min: 1, integer: true });
  return pacingUntil(until, (part) => start + ((1 - start) * Math.floor(steps * part)) / steps);
}
