import type { Plan } from "../../../src/compile/plan.ts";
import type { DType } from "../../../src/tensor/dtype.ts";
import type { GpuMode } from "../../../src/gpu.ts";

/** Elements as they travel between Node and the page. */
export interface Elements {
  readonly dtype: DType;
  readonly values: readonly number[];
}

/** A plan without what cannot travel: functions and tensors. */
export interface PlanData extends Omit<Plan, "host"> {
  readonly host: Pick<Plan["host"], "arguments"> & { readonly steps: readonly never[] };
}

/** One run of a plan; the plan itself comes with its first run. */
export interface RunRequest {
  readonly mode: GpuMode;
  readonly number: number;
  readonly plan: PlanData | undefined;
  /** The host's numbers, arguments of the kernels among them. */
  readonly slots: readonly number[];
  readonly inputs: readonly Elements[];
}

/** What a run gave: the fresh outputs, and the inputs as they are after it. */
export interface RunResult {
  readonly fresh: readonly Elements[];
  readonly inputs: readonly Elements[];
}
