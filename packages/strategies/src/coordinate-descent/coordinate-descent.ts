import type { Key, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, foldIn, hostPermutation } from "@opt/core";
import { checkChoice, checkFunction, checkParameters } from "../check.ts";
import { checkKey } from "../check-key.ts";
import type { Loss } from "../solve.ts";
import { exactStep, lineSearchStep, newtonStep } from "./block-step.ts";
import type { BlockStepContext } from "./block-step.ts";
import type { Blocks } from "./blocks.ts";
import { resolveBlocks } from "./blocks.ts";
import { flatLoss } from "./flat-loss.ts";

/** Options of {@link coordinateDescent}. */
export interface CoordinateDescentOptions {
  /**
   * The order of the blocks in a sweep: `cyclic`; `random`, each block once in a new order; `greedy`, at each step the block
   * with the largest gradient (Gauss–Southwell), as many steps as there are blocks. Default `cyclic`.
   */
  readonly order?: "cyclic" | "random" | "greedy";
  /** What moves together; see {@link Blocks}. Default `elements`: one coordinate at a time. */
  readonly blocks?: Blocks;
  /** The key of the random order; needed for `random`. */
  readonly key?: Key;
  /**
   * How far a block moves: `newton`, one Newton step, which is the exact minimum in the block of a quadratic; `exact`, Newton
   * steps until the block's gradient vanishes; `line-search`, a backtracked gradient step, which needs no second derivatives. All
   * are shortened until the loss falls. Default `newton`.
   */
  readonly step?: "newton" | "exact" | "line-search";
  /** The largest number of sweeps; an integer ≥ 1. Default 1000. */
  readonly maxSweeps?: number;
  /** Converged when no gradient component is larger than this; > 0. Default 1e-8, with f32 parameters 1e-3. */
  readonly tolerance?: number;
  /** Ends before the next sweep. */
  readonly signal?: AbortSignal;
}

/** Where a sweep ended. */
export interface CoordinateSweep<Params extends TensorTree> {
  /** The number of sweeps so far. */
  readonly sweep: number;
  /** The point. */
  readonly x: Params;
  /** The loss there. */
  readonly value: number;
  /** The largest gradient component there, without sign. */
  readonly gradientNorm: number;
  /** How often the loss was computed so far, with or without derivatives. */
  readonly evaluations: number;
}

/** The result of {@link coordinateDescent}. */
export interface CoordinateDescentResult<Params extends TensorTree> extends Omit<CoordinateSweep<Params>, "sweep"> {
  /** The number of sweeps taken. */
  readonly sweeps: number;
  /** `converged`; `max-sweeps`; `stalled`, when ten sweeps lowered neither the loss nor its gradient; `non-finite`; or `aborted` by the signal. */
  readonly status: "converged" | "max-sweeps" | "stalled" | "non-finite" | "aborted";
  /** The status as a sentence, with what to try where something went wrong. */
  readonly message: string;
}

/** Rounding is all that moves the point when the loss and its gradient reach no new low in so many sweeps. */
const idleSweeps = 10;

const optionNames = ["order", "blocks", "key", "step", "maxSweeps", "tolerance", "signal"];

const messages = {
  converged: "converged: the gradient is below the tolerance.",
  "max-sweeps": "the largest number of sweeps was reached. Allow more, or move strongly coupled coordinates together as blocks.",
  stalled: "ten sweeps lowered neither the loss nor its gradient. The tolerance may be below what rounding allows; use f64 parameters or a larger tolerance.",
  "non-finite": "the loss or its gradient is infinite or NaN. Start elsewhere, or bound the loss.",
  aborted: "aborted by the signal.",
};

/** The block with the largest gradient, by the sum of squares: what a gradient step in the block would gain. */
function steepestBlock(gradient: Float64Array, blocks: readonly Int32Array[]): number {
  const gains = blocks.map((block) => block.reduce((total, index) => total + gradient[index]! ** 2, 0));
  return gains.reduce((best, gain, index) => (gain > gains[best]! ? index : best), 0);
}

/**
 * The sweeps of {@link coordinateDescent} one by one, to watch or to stop early.
 *
 * @param loss - As for {@link coordinateDescent}.
 * @param x0 - As for {@link coordinateDescent}.
 * @param options - As for {@link coordinateDescent}.
 * @returns An iterator over the sweeps; the value it returns at its end is the result of {@link coordinateDescent}.
 * @throws OptError as {@link coordinateDescent}.
 */
export function* coordinateSweeps<Params extends TensorTree>(
  loss: Loss<Params>,
  x0: Params,
  options: CoordinateDescentOptions = {},
): Generator<CoordinateSweep<Params>, CoordinateDescentResult<Params>, undefined> {
  checkFunction("coordinateDescent", "loss", loss, "(params) => tensor");
  checkParameters("coordinateDescent", "x0", x0);
  checkOptions("coordinateDescent", options, optionNames);
  const order = checkChoice("coordinateDescent", "order", options.order ?? "cyclic", ["cyclic", "random", "greedy"]);
  const kind = checkChoice("coordinateDescent", "step", options.step ?? "newton", ["newton", "exact", "line-search"]);
  const maxSweeps = checkNumber("coordinateDescent", "maxSweeps", options.maxSweeps ?? 1000, { min: 1, integer: true });
  const orderKey = order === "random" ? checkKey("coordinateDescent", options.key) : undefined;
  const blocks = resolveBlocks("coordinateDescent", options.blocks ?? "elements", x0);
  const flat = flatLoss("coordinateDescent", loss, x0);
  const tolerance = checkNumber("coordinateDescent", "tolerance", options.tolerance ?? (flat.precision > 1e-10 ? 1e-3 : 1e-8), { above: 0 });
  const x = flat.start;
  const lengths = new Float64Array(blocks.length).fill(0.5);

  const chooseBlock = (sweep: number): ((turn: number) => number) => {
    if (orderKey !== undefined) {
      const shuffled = hostPermutation(foldIn(orderKey, sweep), blocks.length);
      return (turn) => shuffled[turn]!;
    }
    return order === "cyclic" ? (turn) => turn : () => steepestBlock(flat.gradient(x).gradient, blocks);
  };
  const take = (blockNumber: number): void => {
    const context: BlockStepContext = { flat, x, block: blocks[blockNumber]! };
    if (kind === "line-search") lineSearchStep(context, lengths, blockNumber);
    else if (kind === "exact") exactStep(context, tolerance / 10);
    else newtonStep(context, 0);
  };
  const measure = (): { value: number; gradientNorm: number } => {
    const { value, gradient } = flat.gradient(x);
    return { value, gradientNorm: gradient.reduce((most, component) => Math.max(most, Math.abs(component)), 0) };
  };

  let reached = measure();
  let lowest = reached;
  let idle = 0;
  const finish = (sweeps: number, status: CoordinateDescentResult<Params>["status"]): CoordinateDescentResult<Params> => ({
    x: flat.tree(x), ...reached, evaluations: flat.evaluations(), sweeps, status, message: messages[status],
  });
  for (let sweep = 0; ; sweep++) {
    if (!Number.isFinite(reached.value) || !Number.isFinite(reached.gradientNorm)) return finish(sweep, "non-finite");
    if (reached.gradientNorm <= tolerance) return finish(sweep, "converged");
    if (idle === idleSweeps) return finish(sweep, "stalled");
    if (sweep === maxSweeps) return finish(sweep, "max-sweeps");
    if (options.signal?.aborted === true) return finish(sweep, "aborted");
    const blockAt = chooseBlock(sweep);
    for (let turn = 0; turn < blocks.length; turn++) take(blockAt(turn));
    reached = measure();
    idle = reached.value < lowest.value || reached.gradientNorm < lowest.gradientNorm ? 0 : idle + 1;
    lowest = { value: Math.min(lowest.value, reached.value), gradientNorm: Math.min(lowest.gradientNorm, reached.gradientNorm) };
    yield { sweep: sweep + 1, x: flat.tree(x), ...reached, evaluations: flat.evaluations() };
  }
}

/**
 * Coordinate descent: minimizes a loss over one block of coordinates at a time, all others held fixed:
 * `θ_B ← argmin over θ_B of J(θ)`, or a Newton or gradient step towards it.
 *
 * It suits losses whose blocks hardly influence each other, or are easy alone. Where coordinates pull each other, as in
 * `(x₁ − x₂)² + α(x₁² + x₂²)` for small α, it is slow: the error shrinks by `1 / (1 + α)²` in each sweep. A sweep computes the loss
 * and its derivatives for every block, in order `greedy` the gradient once more.
 *
 * @param loss - A twice differentiable function of a tree of tensors that returns a rank-0 tensor.
 * @param x0 - Where to start; best f64.
 * @param options - Order, blocks, step, and when to stop; see {@link CoordinateDescentOptions}.
 * @returns The point, the loss and the gradient there, and how it ended; never an exception for a numerical outcome.
 * @throws OptError `option`, `tree` or `shape` for bad arguments.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.7.2; Wright, "Coordinate descent algorithms", 2015;
 * Nutini and others, "Coordinate descent converges faster with the Gauss-Southwell rule than random selection", 2015.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { coordinateDescent } from "@opt/strategies";
 *
 * const loss = ({ a, b }: { a: Tensor; b: Tensor }) => a.sub(b).pow(2).add(a.sub(2).pow(2)).add(b.pow(2)).sum();
 * const start = { a: tensor(0, { dtype: "f64" }), b: tensor(0, { dtype: "f64" }) };
 * const { x, status } = coordinateDescent(loss, start);
 * x.a.item(); // 1.3333
 * status; // "converged"
 * ```
 */
export function coordinateDescent<Params extends TensorTree>(
  loss: Loss<Params>,
  x0: Params,
  options: CoordinateDescentOptions = {},
): CoordinateDescentResult<Params> {
  const sweeps = coordinateSweeps(loss, x0, options);
  for (;;) {
    const { done, value } = sweeps.next();
    if (done === true) return value;
  }
}
