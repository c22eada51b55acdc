import type { BackendChoice, BatchSolver, Key, Optimizer, StateTree, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail, Tensor, treeFlatten } from "@opt/core";
import type { Batches } from "./batches.ts";
import { checkBatches } from "./batches.ts";
import type { Metrics } from "./evaluate.ts";
import { checkMetrics } from "./evaluate.ts";
import type { EpochInfo, StepInfo } from "./history.ts";
import type { LossFunction } from "./loss.ts";

/** Options of {@link fit}. */
export interface FitOptions<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree = Record<string, never>> {
  /**
   * The loss of a batch, a rank-0 tensor: what is minimized. Its third argument tells the step, gives a key, and holds the
   * variables, whose next values the loss returns beside the tensor: `[loss, variables]`.
   */
  readonly loss: LossFunction<Params, Batch, Variables>;
  /** Where to start; these tensors are copied and stay as they are. */
  readonly params: Params;
  /** An optimizer, such as `adam()` of `@opt/first-order`, or a solver of batches, such as `batchMinimizer()` of `@opt/second-order`. */
  readonly optimizer: Optimizer<State> | BatchSolver<State>;
  /** The training batches: `minibatches(…)` of `@opt/data`, any object with `epoch(n)`, or a function of the epoch. */
  readonly batches: Batches<Batch>;
  /** How many epochs to run in this call, ≥ 1. */
  readonly epochs: number;
  /** The number of the first epoch, ≥ 0: which batches are asked for. To go on where an earlier call ended. Default 0. */
  readonly firstEpoch?: number;
  /** The optimizer's state to go on from, copied as well. Default `optimizer.init(params)`. */
  readonly state?: State;
  /** The number of the first step, ≥ 0, as the loss is told it. To go on where an earlier call ended: its `steps`. Default 0. */
  readonly firstStep?: number;
  /** What the loss keeps from step to step without gradients, such as running averages; copied as well. Default `{}`. */
  readonly variables?: Variables;
  /** Where the loss's keys come from, one for each step: for dropout and noise. Default none. */
  readonly key?: Key;
  /** Batches that are evaluated after each epoch: the loss and all metrics. */
  readonly validation?: Batches<Batch>;
  /** Further numbers to compute on the validation batches, each a mean over the batch. */
  readonly metrics?: Metrics<Params, Batch, Variables>;
  /** Called after each step; when it returns a promise, training waits for it. */
  readonly onStep?: (info: StepInfo<Params, Batch, State, Variables>) => unknown;
  /** Called after each epoch and its validation; when it returns a promise, training waits for it. */
  readonly onEpoch?: (info: EpochInfo<Params, State, Variables>) => unknown;
  /** Ends training before the next step. */
  readonly signal?: AbortSignal;
  /** Where the steps run: `"gpu"` after `await gpu()` of `@opt/core/gpu`, or a backend. Default: where the parameters are. */
  readonly backend?: BackendChoice;
  /**
   * Makes the backend usable again when its device is lost, such as `() => gpu()` with the backend `"gpu"`: training then goes on
   * from the last state that was read back. It is read back before the first step and every `snapshotSteps` steps. Default: none;
   * the error of code `lost` ends training.
   */
  readonly recover?: () => unknown;
  /** How many steps lie between two states that are read back for `recover`, ≥ 1. Default 200. */
  readonly snapshotSteps?: number;
}

const optionNames = [
  "loss", "params", "optimizer", "batches", "epochs", "firstEpoch", "state", "firstStep", "variables", "key", "validation", "metrics", "onStep", "onEpoch", "signal", "backend", "recover",
  "snapshotSteps",
] as const;

function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  fail("option", `fit({ ${name} }): must be a function; got ${describeValue(value)}.`);
}

function isOptimizer(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const steps = ("update" in value && typeof value.update === "function") || ("solve" in value && typeof value.solve === "function");
  return steps && "init" in value && typeof value.init === "function";
}

/** Checks all options before anything is computed. */
export function checkFitOptions<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree>(
  options: FitOptions<Params, Batch, State, Variables>,
): void {
  checkOptions("fit", options, optionNames);
  const { loss, params, optimizer, batches, epochs, firstEpoch = 0, firstStep = 0, key, validation, metrics, signal } = options;
  if (typeof loss !== "function") fail("option", `fit({ loss }): must be a function (params, batch) => tensor; got ${describeValue(loss)}.`);
  if (!isOptimizer(optimizer)) {
    fail("option", `fit({ optimizer }): must have the functions init and update, or init and solve; got ${describeValue(optimizer)}. Use for example adam() of @opt/first-order.`);
  }
  const { leaves } = treeFlatten(params);
  if (leaves.length === 0 || !leaves.every((leaf) => leaf instanceof Tensor)) {
    fail("tree", `fit({ params }): must be a tree of one or more tensors; got ${describeValue(params)}. Wrap numbers: tensor(value).`);
  }
  checkBatches("fit", "batches", batches);
  checkNumber("fit", "epochs", epochs, { min: 1, integer: true });
  checkNumber("fit", "firstEpoch", firstEpoch, { min: 0, integer: true });
  checkNumber("fit", "firstStep", firstStep, { min: 0, integer: true });
  if (key !== undefined && !(Array.isArray(key) && key.length === 2)) fail("option", `fit({ key }): must be a key, such as key(1) of @opt/core; got ${describeValue(key)}.`);
  if (validation !== undefined) checkBatches("fit", "validation", validation);
  if (metrics !== undefined) {
    checkMetrics("fit", metrics);
    if (validation === undefined) fail("option", "fit({ metrics }): needs validation batches to be computed on; got none. Add the option validation.");
    if ("loss" in metrics) fail("option", 'fit({ metrics.loss }): the name "loss" is taken by the validation loss. Choose another name.');
  }
  checkFunction("onStep", options.onStep);
  checkFunction("onEpoch", options.onEpoch);
  if (options.backend !== undefined && "solve" in optimizer) {
    fail("option", "fit({ backend }): a solver of batches evaluates on the CPU, so a backend would do nothing. Leave it out, or use an optimizer.");
  }
  checkFunction("recover", options.recover);
  if (options.snapshotSteps !== undefined) {
    checkNumber("fit", "snapshotSteps", options.snapshotSteps, { min: 1, integer: true });
    if (options.recover === undefined) fail("option", "fit({ snapshotSteps }): is for recover, which is not given.");
  }
  if (signal !== undefined && typeof signal.aborted !== "boolean") {
    fail("option", `fit({ signal }): must be an AbortSignal; got ${describeValue(signal)}. Use new AbortController().signal.`);
  }
}
