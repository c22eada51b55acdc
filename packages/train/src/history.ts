import type { StateTree, TensorTree } from "@opt/core";
import type { NonFinite } from "./diagnose.ts";

/** What `onStep` is told. */
export interface StepInfo<Params extends TensorTree = TensorTree, Batch extends TensorTree = TensorTree, State extends StateTree = StateTree, Variables extends StateTree = StateTree> {
  /** The step, counted from 1 in this call of `fit`. */
  readonly step: number;
  /** The epoch, counted from `firstEpoch`. */
  readonly epoch: number;
  /** The step within the epoch, counted from 1. */
  readonly stepOfEpoch: number;
  /** The number of steps in an epoch, where the batches tell it. */
  readonly batchesPerEpoch: number | undefined;
  /** The loss of the batch, before the step. */
  readonly loss: number;
  /** Training time so far, in seconds. */
  readonly seconds: number;
  /** The batch. */
  readonly batch: Batch;
  /** The parameters after the step. The next step updates them in place: `clone` what is to be kept. */
  readonly params: Params;
  /** The optimizer's state after the step; as with `params`. */
  readonly state: State;
  /** The loss's variables after the step; as with `params`. */
  readonly variables: Variables;
  /** How a solver ended on this batch; optimizers say nothing. */
  readonly solverMessage?: string;
}

/** What is kept of an epoch. */
export interface EpochRecord {
  /** The epoch, counted from `firstEpoch`. */
  readonly epoch: number;
  /** How many steps it had. */
  readonly steps: number;
  /** The mean loss of its examples, each before its own step. */
  readonly loss: number;
  /** Training time of the epoch, in seconds, without validation and callbacks of the epoch. */
  readonly seconds: number;
  /** `loss` and the metrics after the epoch, means over the validation examples. */
  readonly validation?: Readonly<Record<string, number>>;
}

/** What `onEpoch` is told. */
export interface EpochInfo<Params extends TensorTree = TensorTree, State extends StateTree = StateTree, Variables extends StateTree = StateTree> extends EpochRecord {
  /** The parameters after the epoch. The next step updates them in place: `clone` what is to be kept. */
  readonly params: Params;
  /** The optimizer's state after the epoch; as with `params`. */
  readonly state: State;
  /** The loss's variables after the epoch; as with `params`. */
  readonly variables: Variables;
}

/** How training ended. */
export type FitStatus = "completed" | "aborted" | "non-finite";

/** The result of `fit`. */
export interface FitResult<Params extends TensorTree = TensorTree, State extends StateTree = StateTree, Variables extends StateTree = StateTree> {
  /** The parameters reached. */
  readonly params: Params;
  /** The optimizer's state reached. */
  readonly state: State;
  /** The loss's variables reached; `{}` where it keeps none. */
  readonly variables: Variables;
  readonly history: {
    /** The loss of each step that was taken. */
    readonly steps: readonly number[];
    /** A record of each completed epoch. */
    readonly epochs: readonly EpochRecord[];
  };
  /** How many steps were taken. */
  readonly steps: number;
  /** `completed`; `aborted` by the signal; or `non-finite`, when a loss or gradient was infinite or NaN. */
  readonly status: FitStatus;
  /** The status as a sentence, with what to try where something went wrong. */
  readonly message: string;
  /** Training time in seconds: steps, batches and `onStep`; without validation, `onEpoch` and other work on the event loop. */
  readonly seconds: number;
  /** With `non-finite`: what was found where. */
  readonly nonFinite?: NonFinite;
}
