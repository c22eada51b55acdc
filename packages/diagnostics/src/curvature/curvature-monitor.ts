import type { Schedule, Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import { checkFunction } from "../checks.ts";
import type { GradientCurvature } from "./gradient-curvature.ts";
import { curvatureProbe } from "./gradient-curvature.ts";

/** Options of {@link curvatureMonitor}. */
export interface CurvatureMonitorOptions<P extends TensorTree, Batch extends TensorTree> {
  /** The loss of a batch, a rank-0 tensor; it is compiled once. */
  readonly loss: (params: P, batch: Batch) => Tensor;
  /** The learning rate ε, > 0, or a schedule of it by the number of steps taken. */
  readonly learningRate: number | Schedule;
  /** The batch to look at every time, so that records can be compared. Default: the batch of the step. */
  readonly batch?: Batch;
  /** Look at every n-th call only, an integer ≥ 1. Default 1. */
  readonly every?: number;
}

/** What the monitor is told: what `fit` of `@opt/train` tells `onStep` and `onEpoch`, or a loop of your own. */
export interface CurvatureInfo<P extends TensorTree, Batch extends TensorTree> {
  readonly params: P;
  /** The batch of the step, if there is one. */
  readonly batch?: Batch;
  /** The step, counted from 1. */
  readonly step?: number;
  /** The number of steps of the epoch, where no single step is told. */
  readonly steps?: number;
  /** The epoch. */
  readonly epoch?: number;
}

/** What the monitor keeps of a look. */
export interface CurvatureRecord extends GradientCurvature {
  /** How many steps had been taken. */
  readonly step: number;
}

/** Watches the curvature during training. */
export interface CurvatureMonitor<P extends TensorTree, Batch extends TensorTree> {
  /** The callback for `onStep` or `onEpoch`: looks, and returns the record, or undefined when it is not its turn. */
  readonly observe: (info: CurvatureInfo<P, Batch>) => CurvatureRecord | undefined;
  /** What was seen so far. */
  readonly records: readonly CurvatureRecord[];
}

/**
 * Watches `gᵀg`, `gᵀHg` and what a gradient step changes while a network trains; see {@link gradientCurvature}.
 *
 * Use one monitor for one run, as `onStep` or as `onEpoch`. Each look costs about four evaluations of the gradient.
 *
 * @param options - Loss, learning rate, batch, and how often. See {@link CurvatureMonitorOptions}.
 * @returns The callback `observe` and the growing list `records`.
 * @throws OptError `option` for bad options; `observe` throws `data` when neither the options nor the call has a batch.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { curvatureMonitor } from "@opt/diagnostics";
 * import { sgd } from "@opt/first-order";
 * import { fit } from "@opt/train";
 *
 * type Batch = { x: Tensor; y: Tensor };
 * const loss = (params: { slope: Tensor }, batch: Batch) => batch.x.mul(params.slope).sub(batch.y).pow(2).mean();
 * const monitor = curvatureMonitor({ loss, learningRate: 0.1 });
 * await fit({
 *   loss,
 *   params: { slope: tensor(0) },
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   batches: () => [{ x: tensor([1, 2]), y: tensor([3, 6]) }],
 *   epochs: 5,
 *   onStep: monitor.observe,
 * });
 * monitor.records.map(({ largestUsefulStep }) => largestUsefulStep); // [0.2, 0.2, 0.2, 0.2, 0.2]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.1.
 */
export function curvatureMonitor<P extends TensorTree, Batch extends TensorTree>(options: CurvatureMonitorOptions<P, Batch>): CurvatureMonitor<P, Batch> {
  checkOptions("curvatureMonitor", options, ["loss", "learningRate", "batch", "every"]);
  const { loss, learningRate, batch: fixed, every = 1 } = options;
  checkFunction("curvatureMonitor", "loss", loss, "(params, batch) => tensor");
  if (typeof learningRate !== "function") checkNumber("curvatureMonitor", "learningRate", learningRate, { above: 0 });
  checkNumber("curvatureMonitor", "every", every, { min: 1, integer: true });
  const probe = curvatureProbe("curvatureMonitor", loss);
  const records: CurvatureRecord[] = [];
  let calls = 0;
  let taken = 0;
  const observe = (info: CurvatureInfo<P, Batch>): CurvatureRecord | undefined => {
    taken = info.step ?? taken + (info.steps ?? 1);
    if (calls++ % every !== 0) return undefined;
    const batch = fixed ?? info.batch;
    if (batch === undefined) return fail("data", `curvatureMonitor.observe(info): needs a batch; got ${describeValue(info)}. Give the option batch, or use the monitor as onStep.`);
    const rate = typeof learningRate === "number" ? learningRate : checkNumber("curvatureMonitor", "learningRate", learningRate(taken), { above: 0 });
    const record: CurvatureRecord = { ...probe(rate, info.params, batch), step: taken };
    records.push(record);
    return record;
  };
  return { observe, records };
}
