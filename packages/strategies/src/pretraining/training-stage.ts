import type { Tensor, TensorTree } from "@opt/core";
import { describeValue, fail } from "@opt/core";

/** Where batches come from: an object with such an `epoch`, as `minibatches` of `@opt/data` makes it, or a function of the epoch's number. */
export type BatchesByEpoch<Batch> = EpochSource<Batch> | ((epoch: number) => Iterable<Batch>);

/** A batch with `inputs` [batch, length], and whatever else the loss needs. */
export type InputBatch = TensorTree & { readonly inputs: Tensor };

/** An object that hands out the batches of an epoch. */
export interface EpochSource<Batch> {
  /** The batches of epoch n = 0, 1, …; may be called again for the same epoch. */
  epoch(epoch: number): Iterable<Batch>;
  /** How many batches an epoch has, if that is known. */
  readonly batchesPerEpoch?: number;
}

/** What one stage trains: these names fit the options of `fit` in `@opt/train`. */
export interface TrainingStage<Params, Batch> {
  /** What is trained: `layer 0`, `hint`, `fine-tuning`, … */
  readonly name: string;
  /** Where to start. */
  readonly params: Params;
  /** What to minimize. */
  readonly loss: (params: Params, batch: Batch) => Tensor;
  /** The batches of the stage. */
  readonly batches: EpochSource<Batch>;
}

/** What training returns: the parameters, and what else the trainer tells; `fit`'s result fits. */
export interface Trained<Params> {
  readonly params: Params;
  readonly status?: string;
  readonly message?: string;
  readonly steps?: number;
}

/** Trains a stage: the caller's function around `fit` or any other solver. */
export type TrainStage = <Params extends TensorTree, Batch extends TensorTree>(
  stage: TrainingStage<Params, Batch>,
) => Trained<Params> | Promise<Trained<Params>>;

/** What is kept of a stage. */
export interface StageRecord {
  readonly name: string;
  /** What the trainer said, where it did. */
  readonly status: string | undefined;
  readonly message: string | undefined;
  readonly steps: number | undefined;
}

/** `completed`, or `stopped` after a stage that ended as `aborted` or `non-finite`. */
export type StagesStatus = "completed" | "stopped";

/** Batches in the form of an object. */
export function epochSource<Batch>(where: string, batches: BatchesByEpoch<Batch>): EpochSource<Batch> {
  if (typeof batches === "function") return { epoch: batches };
  if (typeof batches === "object" && batches !== null && typeof batches.epoch === "function") return batches;
  return fail("option", `${where}({ batches }): must be a function of the epoch's number that returns batches, or have a method epoch(n); got ${describeValue(batches)}. Use minibatches of @opt/data, or (epoch) => batches for an array.`);
}

/** Trains one stage and checks what comes back. */
export async function runStage<Params extends TensorTree, Batch extends TensorTree>(
  where: string,
  train: TrainStage,
  stage: TrainingStage<Params, Batch>,
): Promise<{ params: Params; record: StageRecord; ended: boolean }> {
  const trained = await train(stage);
  if (typeof trained !== "object" || trained === null || !("params" in trained)) {
    fail("option", `${where}({ train }): must return { params }, or a promise of it, as fit does; got ${describeValue(trained)} from the stage "${stage.name}".`);
  }
  const { params, status, message, steps } = trained;
  return { params, record: { name: stage.name, status, message, steps }, ended: status === "aborted" || status === "non-finite" };
}

/** How a run of stages ended, as a sentence. */
export function stagesMessage(stages: readonly StageRecord[], ended: boolean): string {
  const last = stages.at(-1);
  if (!ended || last === undefined) return `completed ${stages.length} ${stages.length === 1 ? "stage" : "stages"}.`;
  return `stopped after the stage "${last.name}", which ended as ${last.status ?? "unknown"}${last.message === undefined ? "." : `: ${last.message}`}`;
}
