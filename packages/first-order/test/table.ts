import type { Optimizer, Schedule } from "@opt/core";
import type { OptimizerCapabilities } from "@opt/testing";
import { adagrad, adam, adamW, deltaBarDelta, momentum, nesterov, rmsprop, rmspropNesterov, sgd } from "../src/index.ts";
import type { Rate } from "../src/index.ts";

/** Options as a golden file has them, translated to the names of this package. */
export type AnyOptions = Readonly<Record<string, unknown>>;

/** One optimizer in one of its forms. */
export interface OptimizerEntry {
  /** The exported name, then what sets the form apart. */
  readonly name: string;
  /** What the golden files call the algorithm; forms beyond the first of an algorithm leave it out. */
  readonly algorithm?: string;
  readonly make: (learningRate?: Rate) => Optimizer;
  readonly makeFromOptions?: (options: AnyOptions) => Optimizer;
  readonly capabilities: OptimizerCapabilities;
}

/** The golden files' options are checked by the optimizers themselves, so the types need not know them. */
function fromOptions<Options>(make: (options: Options) => Optimizer): (options: AnyOptions) => Optimizer {
  return (options) => make(options as Options);
}

/** A constant for the optimizer whose rates are its own state. */
function constantOnly(rate: number | Schedule): number {
  return typeof rate === "number" ? rate : rate(0);
}

const ownRates = "every parameter has its own rate, which is state and not a schedule";

/** Every optimizer of the package: what the contract suite and the golden tests run over. */
export const optimizers: readonly OptimizerEntry[] = [
  {
    name: "sgd",
    algorithm: "sgd",
    make: (learningRate = 0.1) => sgd({ learningRate }),
    makeFromOptions: fromOptions(sgd),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.01, Rosenbrock: 0.001 }, steps: { Rosenbrock: 20_000 } },
  },
  {
    name: "momentum",
    algorithm: "momentum",
    make: (learningRate = 0.05) => momentum({ learningRate }),
    makeFromOptions: fromOptions(momentum),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.005, Rosenbrock: 0.0005 } },
  },
  {
    name: "momentum with the rate outside, dampened",
    make: (learningRate = 0.1) => momentum({ learningRate, momentum: 0.8, dampening: 0.5, learningRateInside: false }),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.005, Rosenbrock: 0.0005 }, steps: { Rosenbrock: 20_000 } },
  },
  {
    name: "nesterov",
    algorithm: "nesterov",
    make: (learningRate = 0.05) => nesterov({ learningRate }),
    makeFromOptions: fromOptions(nesterov),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.005, Rosenbrock: 0.0005 } },
  },
  {
    name: "nesterov by gradient correction",
    make: (learningRate = 0.05) => nesterov({ learningRate, form: "gradient-correction" }),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.005, Rosenbrock: 0.0005 } },
  },
  {
    name: "adagrad",
    algorithm: "adagrad",
    make: (learningRate = 0.5) => adagrad({ learningRate }),
    makeFromOptions: fromOptions(adagrad),
    capabilities: {},
  },
  {
    name: "rmsprop",
    algorithm: "rmsprop",
    make: (learningRate = 0.01) => rmsprop({ learningRate }),
    makeFromOptions: fromOptions(rmsprop),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.002, Rosenbrock: 0.002 } },
  },
  {
    name: "rmsprop, centered, with momentum",
    make: (learningRate = 0.005) => rmsprop({ learningRate, centered: true, momentum: 0.9, epsilon: 1e-3 }),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.0005, Rosenbrock: 0.0005 } },
  },
  {
    name: "rmspropNesterov",
    algorithm: "rmsprop-nesterov",
    make: (learningRate = 0.002) => rmspropNesterov({ learningRate }),
    makeFromOptions: fromOptions(rmspropNesterov),
    capabilities: { learningRates: { "ill-conditioned bowl": 0.0005, Rosenbrock: 0.0005 } },
  },
  {
    name: "adam",
    algorithm: "adam",
    make: (learningRate = 0.1) => adam({ learningRate }),
    makeFromOptions: fromOptions(adam),
    capabilities: { learningRates: { Rosenbrock: 0.02 } },
  },
  {
    name: "adam with epsilon beside the uncorrected root",
    make: (learningRate = 0.1) => adam({ learningRate, epsilonPlacement: "uncorrected", epsilon: 1e-7 }),
    capabilities: { learningRates: { Rosenbrock: 0.02 } },
  },
  {
    name: "adamW",
    algorithm: "adamw",
    make: (learningRate = 0.1) => adamW({ learningRate, weightDecay: 1e-5 }),
    makeFromOptions: fromOptions(adamW),
    capabilities: { learningRates: { Rosenbrock: 0.02 } },
  },
  {
    name: "adamW with independent decay",
    make: (learningRate = 0.1) => adamW({ learningRate, weightDecay: 1e-6, weightDecayForm: "independent" }),
    capabilities: { learningRates: { Rosenbrock: 0.02 } },
  },
  {
    name: "deltaBarDelta",
    algorithm: "delta-bar-delta",
    make: (rate = 0.05) => deltaBarDelta({ learningRate: constantOnly(rate), increase: 1e-4, decrease: 0.3 }),
    makeFromOptions: fromOptions(deltaBarDelta),
    capabilities: {
      learningRates: { "ill-conditioned bowl": 0.005, Rosenbrock: 0.0005 },
      steps: { Rosenbrock: 20_000 },
      skip: { "counts the steps of a schedule from 0": ownRates, "takes a constant schedule for a constant rate": ownRates },
    },
  },
];
