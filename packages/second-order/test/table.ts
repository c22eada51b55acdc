import type { MinimizerCapabilities } from "@opt/testing";
import { backtracking, bfgs, conjugateGradient, lbfgs, newton, saddleFreeNewton, steepest, strongWolfe } from "../src/index.ts";
import type { Method, MethodName } from "../src/index.ts";

/** The methods of SciPy that golden values are recorded of. */
export type Peer = "CG" | "BFGS" | "L-BFGS-B" | "Newton-CG" | "trust-exact";

/** A direction with a search. */
export interface MethodEntry {
  readonly name: string;
  readonly method: MethodName | Method;
  /** Whose evaluations it may exceed by half at most. */
  readonly peers: readonly Peer[];
  readonly capabilities: MinimizerCapabilities;
}

/** Every direction of the package with every search that suits it: what the contract and the golden tests run over. */
export const methods: readonly MethodEntry[] = [
  {
    name: "steepest × strongWolfe",
    method: "steepest-descent",
    peers: [],
    capabilities: {
      maxSteps: { Wood: 4000, "extended Rosenbrock": 4000 },
      skip: { "reaches the minimum: Powell singular": "the zigzag is slower than linear where the Hessian is singular at the minimum" },
    },
  },
  {
    name: "steepest × backtracking",
    method: { direction: steepest(), search: backtracking() },
    peers: [],
    capabilities: {
      maxSteps: { Rosenbrock: 20_000, Wood: 20_000, "extended Rosenbrock": 20_000 },
      skip: {
        "reaches the minimum: Brown badly scaled": "the zigzag shrinks the error by a part in 1e12 at a step",
        "reaches the minimum: Powell singular": "the zigzag is slower than linear where the Hessian is singular at the minimum",
      },
    },
  },
  { name: "conjugateGradient PR+ × strongWolfe", method: "conjugate-gradient", peers: ["CG"], capabilities: {} },
  {
    name: "conjugateGradient PR × strongWolfe",
    method: { direction: conjugateGradient({ beta: "polak-ribiere" }), search: strongWolfe() },
    peers: [],
    capabilities: {},
  },
  {
    name: "conjugateGradient FR, reset × strongWolfe",
    method: { direction: conjugateGradient({ beta: "fletcher-reeves", resetEvery: 10 }), search: strongWolfe() },
    peers: [],
    capabilities: {},
  },
  { name: "bfgs × strongWolfe", method: "bfgs", peers: ["BFGS"], capabilities: {} },
  { name: "bfgs × backtracking", method: { direction: bfgs(), search: backtracking() }, peers: [], capabilities: {} },
  { name: "lbfgs × strongWolfe", method: "lbfgs", peers: ["L-BFGS-B"], capabilities: {} },
  { name: "lbfgs × backtracking", method: { direction: lbfgs(), search: backtracking() }, peers: [], capabilities: {} },
  { name: "newton, regularized × strongWolfe", method: "newton", peers: ["Newton-CG", "trust-exact"], capabilities: {} },
  {
    name: "newton, regularized × backtracking",
    method: { direction: newton({ regularization: "automatic" }), search: backtracking() },
    peers: ["Newton-CG"],
    capabilities: {},
  },
  { name: "saddleFreeNewton × strongWolfe", method: "saddle-free-newton", peers: ["trust-exact"], capabilities: {} },
  { name: "saddleFreeNewton × backtracking", method: { direction: saddleFreeNewton(), search: backtracking() }, peers: [], capabilities: {} },
];
