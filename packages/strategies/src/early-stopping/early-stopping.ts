import type { StateTree, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, clone, describeValue, fail, nearest } from "@opt/core";
import { checkLike } from "../check.ts";
import type { PatienceOptions } from "./patience.ts";
import { stoppingRule } from "./patience.ts";

/** A point of training, as `fit` returns it and tells it to `onEpoch`. */
export type TrainingPoint<Params extends TensorTree = TensorTree, State extends StateTree = StateTree, Variables extends StateTree = StateTree> = {
  /** The parameters. */
  readonly params: Params;
  /** The optimizer's state. */
  readonly state: State;
  /** The loss's variables, such as running averages. */
  readonly variables: Variables;
};

/** What early stopping hears after each epoch: what `fit` tells `onEpoch`. */
export interface StoppingEpoch<Params extends TensorTree, State extends StateTree, Variables extends StateTree> extends TrainingPoint<Params, State, Variables> {
  /** The epoch, counted from 0. */
  readonly epoch: number;
  /** How many steps the epoch had. */
  readonly steps: number;
  /** `loss` and the metrics on the validation examples. */
  readonly validation?: Readonly<Record<string, number>>;
}

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions<Params extends TensorTree, State extends StateTree, Variables extends StateTree> extends PatienceOptions {
  /**
   * What decides: the name of a validation metric of `fit`, or a function of what `onEpoch` is told. Take the quantity that
   * is really meant, such as the 0-1 error, beside the surrogate loss that is minimized. Default `"loss"`: the validation loss.
   */
  readonly metric?: string | ((info: StoppingEpoch<Params, State, Variables>) => number | Promise<number>);
  /** Another reason to end training, such as a button: its abort is passed on. */
  readonly signal?: AbortSignal;
}

/** The best point that training passed through, as a copy. */
export interface BestEpoch<Params extends TensorTree, State extends StateTree, Variables extends StateTree> extends TrainingPoint<Params, State, Variables> {
  /** The metric there. */
  readonly value: number;
  /** The epoch after which it was measured. */
  readonly epoch: number;
  /** The number of steps that led there: the book's i*. */
  readonly steps: number;
}

/** How much data the retraining has; see {@link EarlyStopping.retrainingSteps}. */
export interface RetrainingData {
  /** The examples that were trained on. */
  readonly trainingExamples: number;
  /** All examples, with those that were held out for validation. */
  readonly allExamples: number;
}

/** What {@link earlyStopping} makes: the options for `fit`, and what is known afterwards. */
export interface EarlyStopping<Params extends TensorTree, State extends StateTree, Variables extends StateTree> {
  /** The callback for `fit`. */
  readonly onEpoch: (info: StoppingEpoch<Params, State, Variables>) => Promise<void>;
  /** The signal for `fit`: aborted when the patience is at its end. */
  readonly signal: AbortSignal;
  /** The best point so far; undefined before the first epoch whose metric was a number. */
  best(): BestEpoch<Params, State, Variables> | undefined;
  /** Whether the patience came to its end (and not another signal, or the last epoch). */
  stopped(): boolean;
  /** What happened, as a sentence. */
  message(): string;
  /** A copy of the best point; the point that is given, such as the result of `fit`, where there is none better. */
  restore<Point extends TrainingPoint>(reached: Point): Pick<Point, keyof TrainingPoint>;
  /**
   * How many steps to train on all data, from new initial parameters: as many as led to the best point, or, when told the
   * sizes, as many as make the same number of passes over the data.
   */
  retrainingSteps(data?: RetrainingData): number;
}

/** The function that reads the deciding number. */
function metricReader<Params extends TensorTree, State extends StateTree, Variables extends StateTree>(
  metric: EarlyStoppingOptions<Params, State, Variables>["metric"] = "loss",
): (info: StoppingEpoch<Params, State, Variables>) => number | Promise<number> {
  if (typeof metric === "function") return metric;
  if (typeof metric !== "string") fail("option", `earlyStopping({ metric }): must be the name of a validation metric or a function of the epoch's record; got ${describeValue(metric)}.`);
  return ({ validation }) => {
    if (validation === undefined) return fail("option", `earlyStopping({ metric: "${metric}" }): the epoch has no validation. Give fit the option validation, or a function as metric.`);
    const value = validation[metric];
    if (value !== undefined) return value;
    const suggestion = nearest(metric, Object.keys(validation));
    const hint = suggestion === undefined ? `Known metrics: ${Object.keys(validation).join(", ")}.` : `Did you mean "${suggestion}"?`;
    return fail("option", `earlyStopping({ metric: "${metric}" }): the validation has no such metric. ${hint}`);
  };
}

function pointOf<Point extends TrainingPoint>({ params, state, variables }: Point): Pick<Point, keyof TrainingPoint> {
  return { params, state, variables };
}

/** A copy of a point that must have the structure of another. */
function copyLike<Point extends TrainingPoint>(like: Point, kept: TrainingPoint): Point {
  checkLike("earlyStopping.restore", "reached", like, kept, "the best point");
  // With equal structures, what was kept is a point of the same type.
  return clone(kept) as Point;
}

function stepsOf(best: { readonly steps: number } | undefined, data: RetrainingData | undefined): number {
  if (best === undefined) return fail("option", "earlyStopping.retrainingSteps(): there is no best point yet: no epoch has ended whose metric was a number.");
  if (data === undefined) return best.steps;
  checkOptions("earlyStopping.retrainingSteps", data, ["trainingExamples", "allExamples"]);
  const training = checkNumber("earlyStopping.retrainingSteps", "trainingExamples", data.trainingExamples, { min: 1, integer: true });
  const all = checkNumber("earlyStopping.retrainingSteps", "allExamples", data.allExamples, { min: training, integer: true });
  return Math.ceil((best.steps * all) / training);
}

/**
 * Early stopping: ends training when a metric on validation examples has not improved for `patience` epochs, keeps the best
 * parameters, and remembers after how many steps they were reached.
 *
 * It is a callback and a signal for `fit`, which then ends with the status `aborted`. Each improvement copies parameters and
 * optimizer state. One object serves one run.
 *
 * @param options - The metric, its direction, and the patience; see {@link EarlyStoppingOptions}.
 * @returns The options for `fit`, and what is known afterwards.
 * @throws OptError `option` for a bad option; from `onEpoch`, for a metric that the validation does not have.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 7.8: Algorithm 7.1, and with `retrainingSteps` and
 * {@link stopAfterSteps} Algorithm 7.2; section 8.1.2 on surrogate losses.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { earlyStopping } from "@opt/strategies";
 * import { fit } from "@opt/train";
 *
 * const stopping = earlyStopping({ patience: 3 });
 * const result = await fit({
 *   loss: (x, target) => x.sub(target).pow(2).mean(),
 *   params: tensor([0]),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   batches: () => [tensor([2])],
 *   validation: () => [tensor([1])],
 *   epochs: 100,
 *   onEpoch: stopping.onEpoch,
 *   signal: stopping.signal,
 * });
 * result.steps; // 6
 * stopping.restore(result).params.readSync(); // [0.976]
 * stopping.retrainingSteps(); // 3
 * ```
 */
export function earlyStopping<Params extends TensorTree = TensorTree, State extends StateTree = StateTree, Variables extends StateTree = StateTree>(
  options: EarlyStoppingOptions<Params, State, Variables>,
): EarlyStopping<Params, State, Variables> {
  checkOptions("earlyStopping", options, ["patience", "minimumImprovement", "mode", "metric", "signal"]);
  const { metric, signal, ...patience } = options;
  const rule = stoppingRule("earlyStopping", patience);
  const read = metricReader(metric);
  const controller = new AbortController();
  const passOn = (): void => controller.abort(signal?.reason);
  if (signal?.aborted === true) passOn();
  else signal?.addEventListener("abort", passOn, { once: true });
  const name = typeof metric === "string" ? metric : metric === undefined ? "loss" : "the metric";
  let state = rule.init();
  let steps = 0;
  let best: BestEpoch<Params, State, Variables> | undefined;
  return {
    onEpoch: async (info) => {
      if (state.stop) return;
      steps += info.steps;
      const value = await read(info);
      if (typeof value !== "number") fail("option", `earlyStopping({ metric }): must return a number; got ${describeValue(value)}.`);
      state = rule.observe(state, value);
      if (state.bestEvaluation === state.evaluations) best = { ...clone(pointOf(info)), value, epoch: info.epoch, steps };
      if (state.stop) controller.abort();
    },
    signal: controller.signal,
    best: () => best,
    stopped: () => state.stop,
    message: () => {
      const reached = best === undefined ? `${name} was never a number` : `best ${name} ${best.value} after epoch ${best.epoch}, ${best.steps} steps`;
      return state.stop ? `stopped: no improvement in ${state.worse} epochs; ${reached}.` : `not stopped; ${reached}.`;
    },
    restore: (reached) => (best === undefined ? pointOf(reached) : copyLike(pointOf(reached), pointOf(best))),
    retrainingSteps: (data) => stepsOf(best, data),
  };
}
