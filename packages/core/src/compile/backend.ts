import type { TypedArray } from "../tensor/dtype.ts";
import type { Storage } from "../tensor/storage.ts";
import type { Plan } from "./plan.ts";

/** A plan that a backend has made ready to run. */
export interface LoadedPlan {
  readonly plan: Plan;
  /**
   * Runs the plan. The slots of `plan.host` that are arguments must be filled in.
   *
   * @param inputs - The elements of the plan's inputs; those that the plan updates are changed in place.
   * @returns The elements of its fresh outputs.
   */
  run(inputs: readonly Storage[]): Storage[];
  /** What it became, as lines for `explain`. */
  describe(): readonly string[];
}

/** Where plans run: the CPU, or what a package such as `@opt/core/gpu` provides. */
export interface Backend {
  /** A short name for messages, such as `cpu` or `webgpu`. */
  readonly name: string;
  /**
   * Makes a plan ready to run.
   *
   * @param plan - The plan.
   * @param threads - How many threads may share its work, where the backend has threads.
   * @throws OptError `backend` when the plan needs what the backend lacks.
   */
  load(plan: Plan, threads: number): LoadedPlan;
  /** A storage with the same elements that plans of this backend may update. `keep`: the storage itself must stay as it is. */
  claim(storage: Storage, keep: boolean): Storage;
}

/** Elements in the memory of a backend that JavaScript cannot read at once. */
export interface RemoteBuffer {
  readonly backend: Backend;
  /** Copies the elements out. */
  read(): Promise<TypedArray>;
  /** Gives the memory back; afterwards the buffer must not be used. */
  release(): void;
}
