import type { Optimizer, Schedule } from "@opt/core";
import { adagrad, adam, adamW, deltaBarDelta, momentum, nesterov, rmsprop, rmspropNesterov, sgd } from "@opt/first-order";

/** An optimizer that the command line offers, with a first learning rate that suits digits in batches of about 128. */
interface OptimizerEntry {
  readonly description: string;
  readonly learningRate: number;
  /** Makes it for the first learning rate and the schedule that follows from it. */
  readonly make: (schedule: Schedule, learningRate: number) => Optimizer;
}

/** An optimizer that `--optimizer` accepts. */
export type OptimizerName =
  "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "rmsprop-nesterov" | "adam" | "adamw" | "delta-bar-delta";

const OPTIMIZERS: Readonly<Record<OptimizerName, OptimizerEntry>> = {
  sgd: {
    description: "stochastic gradient descent (Algorithm 8.1)",
    learningRate: 0.5,
    make: (learningRate) => sgd({ learningRate }),
  },
  momentum: {
    description: "gradient descent with momentum 0.9 (Algorithm 8.2)",
    learningRate: 0.1,
    make: (learningRate) => momentum({ learningRate, momentum: 0.9 }),
  },
  nesterov: {
    description: "Nesterov momentum 0.9 (Algorithm 8.3)",
    learningRate: 0.1,
    make: (learningRate) => nesterov({ learningRate, momentum: 0.9 }),
  },
  adagrad: {
    description: "rates shrink with the sum of squared gradients (Algorithm 8.4)",
    learningRate: 0.05,
    make: (learningRate) => adagrad({ learningRate }),
  },
  rmsprop: {
    description: "rates follow a running mean of squared gradients (Algorithm 8.5)",
    learningRate: 0.003,
    make: (learningRate) => rmsprop({ learningRate }),
  },
  "rmsprop-nesterov": {
    description: "RMSProp with Nesterov momentum (Algorithm 8.6)",
    learningRate: 0.0005,
    make: (learningRate) => rmspropNesterov({ learningRate }),
  },
  adam: {
    description: "adaptive moments (Algorithm 8.7)",
    learningRate: 0.005,
    make: (learningRate) => adam({ learningRate }),
  },
  adamw: {
    description: "Adam with weight decay 0.01 beside the step (Loshchilov and Hutter 2019)",
    learningRate: 0.005,
    make: (learningRate) => adamW({ learningRate }),
  },
  "delta-bar-delta": {
    description: "a rate for every weight, which it adapts itself, whatever the schedule (Jacobs 1988)",
    learningRate: 0.1,
    make: (_schedule, learningRate) => deltaBarDelta({ learningRate }),
  },
};

/** All of them, in the order of the help. */
export const OPTIMIZER_NAMES: readonly OptimizerName[] = Object.keys(OPTIMIZERS) as OptimizerName[];

/** The ones that run when none is named. */
export const DEFAULT_OPTIMIZERS: readonly OptimizerName[] = ["sgd", "momentum", "rmsprop", "adam"];

/** What an optimizer does, in a few words. */
export function describeOptimizer(name: OptimizerName): string {
  return OPTIMIZERS[name].description;
}

/** The learning rate of an optimizer when none is given. */
export function defaultLearningRate(name: OptimizerName): number {
  return OPTIMIZERS[name].learningRate;
}

/**
 * Makes an optimizer.
 *
 * @param name - which one
 * @param schedule - the learning rate of each step
 * @param learningRate - the rate that the schedule was made from, for an optimizer that adapts its rates itself
 */
export function makeOptimizer(name: OptimizerName, schedule: Schedule, learningRate: number): Optimizer {
  return OPTIMIZERS[name].make(schedule, learningRate);
}
