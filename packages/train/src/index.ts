export type { Batches, EpochBatches } from "./batches.ts";
export type { NonFinite } from "./diagnose.ts";
export { evaluate } from "./evaluate.ts";
export type { EvaluateOptions, Metrics } from "./evaluate.ts";
export { fit } from "./fit.ts";
export type { FitOptions } from "./fit-options.ts";
export type { EpochInfo, EpochRecord, FitResult, FitStatus, StepInfo } from "./history.ts";
export type { LossContext, LossFunction, MetricFunction } from "./loss.ts";
