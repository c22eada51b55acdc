import type { FloatDType, Tensor } from "@opt/core";
import { square, sum, tensor } from "@opt/core";

/** The parameters of the problems: leaves of several ranks, nested. */
export type ProblemParams = { readonly point: Tensor; readonly rest: readonly { readonly block: Tensor }[] };

/** The names of the problems. */
export type ProblemName = "bowl" | "ill-conditioned bowl" | "Rosenbrock";

/** A function to minimize, with what counts as having minimized it. */
export interface Problem {
  readonly name: ProblemName;
  /** Where to start. */
  start(dtype: FloatDType): ProblemParams;
  /** The function; its least value is 0. */
  loss(params: ProblemParams): Tensor;
  /** The value that has to be reached. */
  readonly target: number;
  /** Within how many steps. */
  readonly steps: number;
}

/** `½ ‖x − c‖²`: every method that works at all reaches the bottom. */
const bowl: Problem = {
  name: "bowl",
  start: (dtype) => ({
    point: tensor([1, -2, 0.5], { dtype }),
    rest: [{ block: tensor([[0.5, 1], [-1.5, 0]], { dtype }) }, { block: tensor(2, { dtype }) }],
  }),
  loss: ({ point, rest }) => {
    const blocks = rest.map(({ block }, index) => sum(square(block.add(0.25 * (index + 1)))).mul(0.5));
    return blocks.reduce((total, part) => total.add(part), sum(square(point.sub(1))).mul(0.5));
  },
  target: 1e-3,
  steps: 400,
};

/** `½ (x² + 100 y²)` by blocks: the curvature differs by a factor of 100 between directions. */
const illConditionedBowl: Problem = {
  name: "ill-conditioned bowl",
  start: (dtype) => ({
    point: tensor([1, -1], { dtype }),
    rest: [{ block: tensor([[1, 0.5]], { dtype }) }],
  }),
  loss: ({ point, rest }) => {
    const scales = tensor([1, 100], { dtype: point.dtype === "f64" ? "f64" : "f32" });
    const first = sum(square(point).mul(scales)).mul(0.5);
    return rest.reduce((total, { block }) => total.add(sum(square(block).mul(scales)).mul(0.5)), first);
  },
  target: 1e-3,
  steps: 2000,
};

/** Rosenbrock's valley `(1 − x)² + 100 (y − x²)²` from (−1.2, 1), where its value is 24.2. */
const rosenbrock: Problem = {
  name: "Rosenbrock",
  start: (dtype) => ({ point: tensor(-1.2, { dtype }), rest: [{ block: tensor([1], { dtype }) }] }),
  loss: ({ point: x, rest }) => {
    const valley = rest.reduce((total, { block: y }) => total.add(sum(square(y.sub(square(x)))).mul(100)), square(x.sub(1)));
    return valley;
  },
  target: 0.1,
  steps: 8000,
};

/** Every problem that the contract of optimizers runs over. */
export const problems: readonly Problem[] = [bowl, illConditionedBowl, rosenbrock];

/** The problem with a name. */
export function problemNamed(name: ProblemName): Problem {
  return { bowl, "ill-conditioned bowl": illConditionedBowl, Rosenbrock: rosenbrock }[name];
}
