import type { Plan } from "../../../src/compile/plan.ts";
import type { DType } from "../../../src/tensor/dtype.ts";
import type { GpuMode } from "../../../src/gpu.ts";

/** Elements as they travel between Node and the page. */
export interface Elements {
  readonly dtype: DType;
  readonly values: readonly number[];
}

/** One run of a plan; the plan itself comes with its first run. */
export interface RunRequest {
  readonly mode: GpuMode;
  readonly number: number;
  readonly plan: Pick<Plan, "buffers" | "kernels" | "outputs" | "freshOutputs" | "copies" | "temporaryBytes" | "inputs"> & { readonly host: { readonly steps: readonly never[]; readonly arguments: readonly unknown[]; readonly slots?: Float64Array } } | undefined;
  readonly slots: readonly number[];
  readonly inputs: readonly Elements[];
}

/** What a run gave: the fresh outputs, and the inputs as they are after it. */
export interface RunResult {
  readonly fresh: readonly Elements[];
  readonly inputs: readonly Elements[];
}
