import { checkNumber, checkOptions } from "@opt/core";
import { checkChoice } from "../check.ts";

/** Options of {@link patienceRule}. */
export interface PatienceOptions {
  /** How many evaluations in a row may bring no improvement before it is time to stop; an integer ≥ 1. */
  readonly patience: number;
  /** By how much the best value must be beaten to count; ≥ 0, in the units of the metric. Default 0: any improvement does. */
  readonly minimumImprovement?: number;
  /** Whether small values are good (`min`: errors, losses) or large ones (`max`: accuracies). Default `min`. */
  readonly mode?: "min" | "max";
}

/** What the rule remembers: plain data. */
export type PatienceState = {
  /** How many values were seen. */
  readonly evaluations: number;
  /** The best value; undefined before the first number. */
  readonly best: number | undefined;
  /** The evaluation that gave it, counted from 1. */
  readonly bestEvaluation: number | undefined;
  /** How many evaluations have passed since without improvement. */
  readonly worse: number;
  /** Whether the patience is at its end. */
  readonly stop: boolean;
};

/** The rule of early stopping, as two pure functions. */
export interface PatienceRule {
  init(): PatienceState;
  /** Takes in the next value of the metric; NaN counts as no improvement. */
  observe(state: PatienceState, value: number): PatienceState;
}

/** The rule of {@link patienceRule}; mistakes are reported under the name `where`. */
export function stoppingRule(where: string, options: PatienceOptions): PatienceRule {
  checkOptions(where, options, ["patience", "minimumImprovement", "mode"]);
  const patience = checkNumber(where, "patience", options.patience, { min: 1, integer: true });
  const improvement = checkNumber(where, "minimumImprovement", options.minimumImprovement ?? 0, { min: 0 });
  const mode = checkChoice(where, "mode", options.mode ?? "min", ["min", "max"]);
  const isBetter = (value: number, best: number): boolean => (mode === "min" ? value < best - improvement : value > best + improvement);
  return {
    init: () => ({ evaluations: 0, best: undefined, bestEvaluation: undefined, worse: 0, stop: false }),
    observe: (state, value) => {
      const evaluations = state.evaluations + 1;
      const improved = !Number.isNaN(value) && (state.best === undefined || isBetter(value, state.best));
      if (improved) return { evaluations, best: value, bestEvaluation: evaluations, worse: 0, stop: false };
      const worse = state.worse + 1;
      return { ...state, evaluations, worse, stop: worse >= patience };
    },
  };
}

/**
 * The stopping rule of early stopping alone: stops when `patience` evaluations in a row have not beaten the best value v by
 * more than `minimumImprovement`: `v′ < v − δ`, or with mode `max` `v′ > v + δ`.
 *
 * @param options - See {@link PatienceOptions}.
 * @returns `init` and `observe`.
 * @throws OptError `option` for a value out of range or an unknown name.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, Algorithm 7.1, which has δ = 0.
 *
 * @example
 * ```ts
 * import { patienceRule } from "@opt/strategies";
 *
 * const rule = patienceRule({ patience: 2 });
 * const end = [0.5, 0.3, 0.4, 0.3].reduce(rule.observe, rule.init());
 * end.stop; // true
 * end.bestEvaluation; // 2
 * ```
 */
export function patienceRule(options: PatienceOptions): PatienceRule {
  return stoppingRule("patienceRule", options);
}
