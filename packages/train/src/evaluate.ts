import type { StateTree, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, compile, describeValue, fail, Tensor } from "@opt/core";
import type { Batches } from "./batches.ts";
import { batchesOf, batchSize, checkBatches, showBatch } from "./batches.ts";
import { readNumber, withContext } from "./calls.ts";
import type { EventLoop } from "./event-loop.ts";
import { openEventLoop } from "./event-loop.ts";
import type { MetricFunction } from "./loss.ts";
import { evaluationContext } from "./loss.ts";

/** Metrics by name. */
export type Metrics<Params extends TensorTree, Batch extends TensorTree, Variables extends StateTree = StateTree, Name extends string = string> = Readonly<
  Record<Name, MetricFunction<Params, Batch, Variables>>
>;

/** Options of {@link evaluate}. */
export interface EvaluateOptions<Params extends TensorTree, Batch extends TensorTree, Name extends string, Variables extends StateTree = Record<string, never>> {
  /** The parameters; they are left alone. */
  readonly params: Params;
  /** Batches, of one or several sizes. */
  readonly batches: Batches<Batch>;
  /** What to compute: each a mean over the batch, as a rank-0 tensor. */
  readonly metrics: Metrics<Params, Batch, Variables, Name>;
  /** What `fit` returned as `variables`, for metrics that need them. Default `{}`. */
  readonly variables?: Variables;
  /** Which epoch of the batches. Default 0. */
  readonly epoch?: number;
  /** Ends the evaluation early. */
  readonly signal?: AbortSignal;
}

/** Computes metrics over an epoch; undefined when the signal ended it early. */
export type Evaluator<Params extends TensorTree, Batch extends TensorTree, Variables extends StateTree, Name extends string> = (
  params: Params,
  variables: Variables,
  batches: Batches<Batch>,
  epoch: number,
  eventLoop: EventLoop,
  signal: AbortSignal | undefined,
) => Promise<Record<Name, number> | undefined>;

/** Checks metrics by name. */
export function checkMetrics(where: string, metrics: Readonly<Record<string, unknown>>): void {
  if (typeof metrics !== "object" || metrics === null) {
    fail("option", `${where}({ metrics }): must be an object of functions (params, batch) => tensor; got ${describeValue(metrics)}.`);
  }
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric === "function") continue;
    fail("option", `${where}({ metrics.${name} }): must be a function (params, batch) => tensor; got ${describeValue(metric)}.`);
  }
}

/** Compiles metrics once, for any number of evaluations. */
export function makeEvaluator<Params extends TensorTree, Batch extends TensorTree, Variables extends StateTree, Name extends string>(
  where: string,
  batchesName: string,
  metrics: Metrics<Params, Batch, Variables, Name>,
): Evaluator<Params, Batch, Variables, Name> {
  // The names are the record's own keys.
  const names = Object.keys(metrics) as Name[];
  const compute = compile(
    (params: Params, variables: Variables, batch: Batch): Tensor[] =>
      names.map((name) => {
        const value: unknown = metrics[name](params, batch, evaluationContext(variables));
        if (value instanceof Tensor && value.size === 1) return value;
        return fail("shape", `metrics.${name} must return a single number as a tensor; got ${value instanceof Tensor ? value.toString() : describeValue(value)}. Take its mean().`);
      }),
    { donate: [] },
  );
  return async (params, variables, batches, epoch, eventLoop, signal) => {
    const totals = names.map(() => 0);
    let examples = 0;
    for (const batch of batchesOf(where, batchesName, batches, epoch)) {
      if (signal?.aborted === true) return undefined;
      const size = batchSize(`${where}({ ${batchesName} })`, batch);
      const values = withContext(() => `${where}({ ${batchesName} }): batch ${showBatch(batch)}`, () => compute(params, variables, batch));
      for (const [index, value] of values.entries()) {
        const read = readNumber(value);
        totals[index] = (totals[index] ?? 0) + size * (typeof read === "number" ? read : await read);
      }
      examples += size;
      const turn = eventLoop.turn();
      if (turn !== undefined) await turn;
    }
    if (examples === 0) fail("data", `${where}({ ${batchesName} }): epoch ${String(epoch)} has no examples, so there is nothing to average.`);
    return Object.fromEntries(names.map((name, index) => [name, (totals[index] ?? 0) / examples])) as Record<Name, number>;
  };
}

/**
 * Computes metrics over all batches of an epoch: `Σ size · metric / Σ size`, so a smaller last batch counts by its examples.
 *
 * Like `fit`, it lets other work run about every 40 ms.
 *
 * @param options - Parameters, batches and metrics.
 * @returns The mean of each metric, by name.
 * @throws OptError `option` for a bad option, `data` for an epoch without examples, and what the metrics throw. When the
 * signal is aborted, its reason is thrown.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { evaluate } from "@opt/train";
 *
 * const result = await evaluate({
 *   params: { slope: tensor(2) },
 *   batches: () => [{ x: tensor([1, 2]), y: tensor([2, 5]) }],
 *   metrics: {
 *     error: (params: { slope: Tensor }, batch: { x: Tensor; y: Tensor }) => batch.x.mul(params.slope).sub(batch.y).pow(2).mean(),
 *   },
 * });
 * result.error; // 0.5
 * ```
 */
export async function evaluate<Params extends TensorTree, Batch extends TensorTree, const Name extends string, Variables extends StateTree = Record<string, never>>(
  options: EvaluateOptions<Params, Batch, Name, Variables>,
): Promise<Record<Name, number>> {
  checkOptions("evaluate", options, ["params", "batches", "metrics", "variables", "epoch", "signal"]);
  const { params, batches, metrics, epoch = 0, signal } = options;
  checkBatches("evaluate", "batches", batches);
  checkMetrics("evaluate", metrics);
  checkNumber("evaluate", "epoch", epoch, { min: 0, integer: true });
  const eventLoop = openEventLoop();
  try {
    // Without variables no metric can ask for them: their type is the empty record.
    const variables = options.variables ?? ({} as Variables);
    const result = await makeEvaluator("evaluate", "batches", metrics)(params, variables, batches, epoch, eventLoop, signal);
    if (result !== undefined) return result;
    throw signal?.reason;
  } finally {
    eventLoop.close();
  }
}
