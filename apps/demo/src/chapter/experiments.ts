import type { Experiment } from "./experiment.ts";
import { adaptiveRates } from "./experiments/adaptive-rates.ts";
import { batchNormalization } from "./experiments/batch-normalization.ts";
import { cliff } from "./experiments/cliff.ts";
import { continuationExperiment } from "./experiments/continuation.ts";
import { coordinateDescentExperiment } from "./experiments/coordinate-descent.ts";
import { curriculumExperiment } from "./experiments/curriculum.ts";
import { fitNets } from "./experiments/fit-nets.ts";
import { greedyPretraining } from "./experiments/greedy-pretraining.ts";
import { illConditioning } from "./experiments/ill-conditioning.ts";
import { initialScale } from "./experiments/initial-scale.ts";
import { learningRateDecay } from "./experiments/learning-rate-decay.ts";
import { longTermDependencies } from "./experiments/long-term-dependencies.ts";
import { momentumInARavine } from "./experiments/momentum.ts";
import { nesterovMomentum } from "./experiments/nesterov.ts";
import { polyakAveraging } from "./experiments/polyak-averaging.ts";
import { saddlePoints } from "./experiments/saddle-points.ts";
import { secondOrderMethods } from "./experiments/second-order-methods.ts";
import { skipConnections } from "./experiments/skip-connections.ts";
import { standardErrorOfGradients } from "./experiments/standard-error.ts";
import { surrogateLoss } from "./experiments/surrogate-loss.ts";

/** Every experiment of the chapter, in the order of the book. */
export const experiments: readonly Experiment[] = [
  surrogateLoss,
  standardErrorOfGradients,
  illConditioning,
  saddlePoints,
  cliff,
  longTermDependencies,
  learningRateDecay,
  momentumInARavine,
  nesterovMomentum,
  initialScale,
  adaptiveRates,
  secondOrderMethods,
  batchNormalization,
  coordinateDescentExperiment,
  polyakAveraging,
  greedyPretraining,
  fitNets,
  skipConnections,
  continuationExperiment,
  curriculumExperiment,
];
