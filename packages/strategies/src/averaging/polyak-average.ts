import type { Scalar, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, clone, fail, scalar, treeMap } from "@opt/core";
import { checkChoice, checkLike, checkParameters } from "../check.ts";

/** Which average {@link polyakAverage} keeps. */
export type AverageKind = "mean" | "exponential" | "polynomial" | "tail";

/** Options of {@link polyakAverage}. */
export interface PolyakAverageOptions {
  /** Which average. Default `mean`. */
  readonly kind?: AverageKind;
  /** How many updates pass before averaging begins, ≥ 0: until then the average follows the parameters. Default 0. */
  readonly start?: number;
  /** `exponential` only: the share α of the old average that is kept, in [0, 1). Default 0.999. */
  readonly decay?: number;
  /** `exponential` only: weigh as if the average had begun at zero and been divided by 1 − αⁿ (Adam's correction). Default false: it begins at the first parameters. */
  readonly debias?: boolean;
  /** `polynomial` only: the power η ≥ 0; 0 is the plain mean, larger ones forget sooner. Default 3. */
  readonly power?: number;
  /** `tail` only: the last part of the updates that is always in the average, in (0, 1). Default 0.5. */
  readonly fraction?: number;
}

/** The state of an average: plain data that checkpoints with everything else. */
export type AverageState<Params extends TensorTree = TensorTree> = {
  /** How many updates there were. */
  readonly count: Scalar;
  /** The averaged parameters. */
  readonly average: Params;
  /** `tail` only: the mean that takes over at the next restart, and the updates before which each of the two began. */
  readonly tail?: { readonly averageFrom: Scalar; readonly recentFrom: Scalar; readonly recent: Params };
};

/** An average over the parameters that training passes through: three pure functions over trees. */
export interface PolyakAverage {
  /** Begins with a copy of the parameters; it does not count as an update. */
  init<Params extends TensorTree>(params: Params): AverageState<Params>;
  /** Takes the next parameters into the average; may be compiled into a training step. */
  update<Params extends TensorTree>(state: AverageState<Params>, params: Params): AverageState<Params>;
  /** The averaged parameters. */
  parameters<Params extends TensorTree>(state: AverageState<Params>): Params;
}

/** `(1 − w) · average + w · θ`: exactly θ for w = 1, and never outside the interval between the two. */
function mix<Params extends TensorTree>(average: Params, params: Params, weight: Scalar): Params {
  const rest = scalar((w) => 1 - w, weight);
  return treeMap((old, next) => old.mul(rest).add(next.mul(weight)), average, params);
}

/** The weight of the nth parameters, n = 1, 2, …, in an average that is one running mixture. */
function weightFunction(kind: Exclude<AverageKind, "tail">, options: PolyakAverageOptions): (n: number) => number {
  if (kind === "mean") return (n) => 1 / n;
  if (kind === "polynomial") {
    const power = checkNumber("polyakAverage", "power", options.power ?? 3, { min: 0 });
    return (n) => (power + 1) / (power + n);
  }
  const decay = checkNumber("polyakAverage", "decay", options.decay ?? 0.999, { min: 0, below: 1 });
  const debias = checkChoice("polyakAverage", "debias", options.debias ?? false, [false, true]);
  return debias ? (n) => (1 - decay) / (1 - decay ** n) : () => 1 - decay;
}

/** The update of an average that is one running mixture. */
function updateMixture<Params extends TensorTree>(state: AverageState<Params>, params: Params, start: number, weightOf: (n: number) => number): AverageState<Params> {
  const count = scalar((c) => c + 1, state.count);
  const weight = scalar((c) => (c - start <= 1 ? 1 : weightOf(c - start)), count);
  return { count, average: mix(state.average, params, weight) };
}

/**
 * The update of a tail average. Two means run, begun at updates that lie a factor 1 / (1 − fraction) apart; when the younger
 * one is old enough it takes the place of the older one and a new one begins. So the average always holds the last `fraction`
 * of the updates, and at most 1 − (1 − fraction)² of them, without their number being known beforehand.
 */
function updateTail<Params extends TensorTree>(state: AverageState<Params>, params: Params, start: number, fraction: number): AverageState<Params> {
  const { tail } = state;
  if (tail === undefined) return fail("tree", 'polyakAverage({ kind: "tail" }): the state has no "tail": it belongs to an average of another kind. Use the state that init of this average made.');
  const count = scalar((c) => c + 1, state.count);
  const n = scalar((c) => Math.max(c - start, 1), count);
  const restart = scalar((c, from) => (c - 1 >= Math.max(from + 1, Math.ceil(from / (1 - fraction))) ? 1 : 0), n, tail.recentFrom);
  const averageFrom = scalar((r, recent, old) => (r === 1 ? recent : old), restart, tail.recentFrom, tail.averageFrom);
  const recentFrom = scalar((r, c, old) => (r === 1 ? c - 1 : old), restart, n, tail.recentFrom);
  const weightSince = (c: number, from: number): number => 1 / (c - from);
  const average = mix(mix(state.average, tail.recent, restart), params, scalar(weightSince, n, averageFrom));
  const recent = mix(tail.recent, params, scalar(weightSince, n, recentFrom));
  return { count, average, tail: { averageFrom, recentFrom, recent } };
}

/**
 * Polyak averaging: the average of the points that training visits, which lies nearer to the minimum than any of them when
 * steps leap across a valley or gradients are noisy. With n counted from 1 after `start` updates:
 *
 * - `mean`: `θ̂ₙ = (1/n) Σ θᵢ`
 * - `exponential`: `θ̂ₙ = α θ̂ₙ₋₁ + (1 − α) θₙ`, with `θ̂₁ = θ₁`
 * - `polynomial`: `θ̂ₙ = (1 − w) θ̂ₙ₋₁ + w θₙ`, `w = (η + 1) / (η + n)`
 * - `tail`: the mean of the last part of all updates, at least of the last `fraction` of them
 *
 * @param options - See {@link PolyakAverageOptions}.
 * @returns Three pure functions; to average within `fit`, see {@link withAverage} and {@link averageEpochs}.
 * @throws OptError `option` for a value out of range, an unknown name, or an option of another kind of average.
 * @see Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; Goodfellow, Bengio and Courville,
 * Deep Learning, 2016, section 8.7.3, equation 8.39; Shamir and Zhang, "Stochastic gradient descent for non-smooth
 * optimization", 2013 (polynomial); Rakhlin, Shamir and Sridharan, "Making gradient descent optimal for strongly convex
 * stochastic optimization", 2012 (tail). PyTorch's `AveragedModel` also copies the first parameters.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { polyakAverage } from "@opt/strategies";
 *
 * const average = polyakAverage();
 * let state = average.init(tensor([0, 0]));
 * for (const x of [1, -1, 3]) state = average.update(state, tensor([x, 2 * x]));
 * average.parameters(state).readSync(); // [1, 2]
 * ```
 */
export function polyakAverage(options: PolyakAverageOptions = {}): PolyakAverage {
  checkOptions("polyakAverage", options, ["kind", "start", "decay", "debias", "power", "fraction"]);
  const kind = checkChoice("polyakAverage", "kind", options.kind ?? "mean", ["mean", "exponential", "polynomial", "tail"]);
  const owners = { decay: "exponential", debias: "exponential", power: "polynomial", fraction: "tail" } as const;
  for (const [name, owner] of Object.entries(owners)) {
    if (kind === owner || options[name as keyof typeof owners] === undefined) continue;
    fail("option", `polyakAverage({ ${name} }): belongs to kind: "${owner}", but kind is "${kind}". Leave it out, or choose that kind.`);
  }
  const start = checkNumber("polyakAverage", "start", options.start ?? 0, { min: 0, integer: true });
  const fraction = checkNumber("polyakAverage", "fraction", options.fraction ?? 0.5, { above: 0, below: 1 });
  const weightOf = kind === "tail" ? undefined : weightFunction(kind, options);
  return {
    init: <Params extends TensorTree>(params: Params): AverageState<Params> => {
      checkParameters("polyakAverage.init", "params", params);
      // A training step may overwrite the parameters in place; the average must have elements of its own.
      if (kind !== "tail") return { count: 0, average: clone(params) };
      return { count: 0, average: clone(params), tail: { averageFrom: 0, recentFrom: 0, recent: clone(params) } };
    },
    update: <Params extends TensorTree>(state: AverageState<Params>, params: Params): AverageState<Params> => {
      checkLike("polyakAverage.update", "params", params, state.average, "state.average");
      return weightOf === undefined ? updateTail(state, params, start, fraction) : updateMixture(state, params, start, weightOf);
    },
    parameters: <Params extends TensorTree>(state: AverageState<Params>): Params => state.average,
  };
}
