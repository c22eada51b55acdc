export { batchNorm } from "./batch-norm.ts";
export type { BatchNorm, BatchNormInitOptions, BatchNormMode, BatchNormParams, BatchNormResult, BatchNormTrainingResult, FeatureLine } from "./batch-norm.ts";
export { foldIntoNextDense, foldIntoPreviousDense } from "./fold.ts";
export type { FoldableDense } from "./fold.ts";
export type { BatchNormOptions } from "./options.ts";
export { recalibrate } from "./recalibrate.ts";
export type { StatisticsOf } from "./recalibrate.ts";
export type { BatchNormState } from "./statistics.ts";
