export { backtracking } from "./searches/backtracking.ts";
export type { BacktrackingOptions, BacktrackingState } from "./searches/backtracking.ts";
export { fixedStep } from "./searches/fixed-step.ts";
export { quadraticStep } from "./searches/quadratic-step.ts";
export { strongWolfe } from "./searches/strong-wolfe.ts";
export type { StrongWolfeOptions, StrongWolfeState } from "./searches/strong-wolfe.ts";

export { bfgs } from "./directions/bfgs.ts";
export type { BfgsState } from "./directions/bfgs.ts";
export { conjugateGradient } from "./directions/conjugate-gradient.ts";
export type { ConjugateGradientBeta, ConjugateGradientOptions, ConjugateGradientState } from "./directions/conjugate-gradient.ts";
export { lbfgs } from "./directions/lbfgs.ts";
export type { CurvaturePair, LbfgsOptions, LbfgsState } from "./directions/lbfgs.ts";
export { newton } from "./directions/newton.ts";
export type { NewtonOptions, NewtonState } from "./directions/newton.ts";
export { saddleFreeNewton } from "./directions/saddle-free-newton.ts";
export type { SaddleFreeNewtonOptions } from "./directions/saddle-free-newton.ts";
export { steepest } from "./directions/steepest.ts";

export { batchMinimizer } from "./batch/batch-minimizer.ts";
export type { BatchMinimizerOptions, BatchMinimizerState } from "./batch/batch-minimizer.ts";
export { methodNames } from "./methods.ts";
export type { MethodName } from "./methods.ts";
export { minimize, minimizeAsync, minimizeSteps } from "./minimize.ts";
export type { MinimizeOptions } from "./minimize.ts";
export type { Iterate, MinimizeResult, MinimizeStatus } from "./outcome.ts";
export type { PlainObjective, Vector } from "./problem/plain-problem.ts";
export type { Evaluations } from "./problem/problem.ts";
export type {
  Curvature, Decision, Direction, DirectionContext, Line, Method, Point, Proposal, Search, SecondDerivative, StepQuality, Transition, Trial,
} from "./protocols.ts";
