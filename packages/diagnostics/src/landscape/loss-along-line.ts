import type { Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, compile, treeMap } from "@opt/core";
import { checkAlike, checkFunction, checkParams } from "../checks.ts";
import { short } from "../numbers.ts";
import type { Hill } from "./hills.ts";
import { hillsOf } from "./hills.ts";

/** Options of {@link lossAlongLine}. */
export interface LossAlongLineOptions {
  /** Where the line begins: 0 is the first point, negative is before it. Default 0. */
  readonly start?: number;
  /** Where it ends, above `start`: 1 is the second point, more is beyond. Default 1. */
  readonly end?: number;
  /** At how many equally spaced positions the loss is computed, an integer ≥ 2. Default 51. */
  readonly count?: number;
}

/** The loss along a line between two points. */
export interface LossAlongLine {
  /** The positions t. */
  readonly positions: readonly number[];
  /** `L((1 − t) a + t b)` at each; may be infinite or NaN. */
  readonly losses: readonly number[];
  /** The position with the smallest loss; NaN where no loss is finite. */
  readonly lowest: { readonly position: number; readonly loss: number };
  /** Every local maximum inside the line with lower ground on both sides, in order: a barrier for descent along the line. */
  readonly hills: readonly Hill[];
  /**
   * The largest rise above the straight line from L(a) to L(b), for t in [0, 1]; 0 where the loss never lies above it. Undefined where the line
   * does not reach from 0 to 1, or L(a) or L(b) is not finite.
   */
  readonly barrier: { readonly position: number; readonly height: number } | undefined;
  /** Whether the loss never rises from the first position to the last. */
  readonly monotone: boolean;
  /** What was seen, as a sentence. */
  readonly message: string;
}

/** The largest rise above the chord between the positions 0 and 1. */
function barrierOf(positions: readonly number[], losses: readonly number[], atStart: number, atEnd: number): LossAlongLine["barrier"] {
  if (!Number.isFinite(atStart) || !Number.isFinite(atEnd)) return undefined;
  let barrier = { position: 0, height: 0 };
  positions.forEach((position, index) => {
    if (position < 0 || position > 1) return;
    const height = losses[index]! - ((1 - position) * atStart + position * atEnd);
    if (height > barrier.height) barrier = { position, height };
  });
  return barrier;
}

function describe({ hills, barrier, monotone }: Pick<LossAlongLine, "hills" | "barrier" | "monotone">, nonFinite: number): string {
  const holes = nonFinite === 0 ? "" : ` At ${String(nonFinite)} positions it is infinite or NaN.`;
  const above = barrier === undefined || barrier.height === 0 ? "" : ` It rises ${short(barrier.height)} above the chord, most at ${short(barrier.position)}.`;
  if (hills.length > 0) {
    const highest = hills.reduce((left, right) => (right.height > left.height ? right : left));
    return `${String(hills.length)} ${hills.length === 1 ? "hill" : "hills"} on the way; the highest, at ${short(highest.position)}, rises ${short(highest.height)} above the higher of the valleys beside it.${above}${holes}`;
  }
  return `${monotone ? "the loss never rises along the line" : "no hill on the way"}.${above}${holes}`;
}

/**
 * The loss along the line through two points, `L((1 − t) a + t b)`, with the hills and the barrier on the way.
 *
 * From initial to trained parameters, the loss of most networks falls without a hill; between two solutions there usually is a
 * barrier, which may be due to nothing but a permutation of hidden units (see {@link permuteUnits}). What lies between two positions is
 * not seen.
 *
 * @param loss - A function `(params, ...rest)` that returns a rank-0 tensor; it is compiled once.
 * @param options - The extent and the number of positions. See {@link LossAlongLineOptions}.
 * @returns A function of `(a, b, ...rest)`, two trees of parameters, that returns the {@link LossAlongLine}.
 * @throws OptError `option` for bad options; the function throws `tree` or `shape` for points that do not fit together.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { lossAlongLine } from "@opt/diagnostics";
 *
 * const twoValleys = (x: Tensor) => x.mul(x).sub(1).pow(2).sum();
 * const { barrier, hills } = lossAlongLine(twoValleys, { start: -0.25, end: 1.25, count: 61 })(tensor([-1]), tensor([1]));
 * barrier?.position ?? 0; // 0.5
 * barrier?.height ?? 0; // 1
 * hills.length; // 1
 * ```
 *
 * @see Goodfellow, Vinyals and Saxe, "Qualitatively characterizing neural network optimization problems", 2015; Frankle et al., "Linear mode
 * connectivity and the lottery ticket hypothesis", 2020 (the barrier); Goodfellow, Bengio and Courville, Deep Learning, section 8.2.
 */
export function lossAlongLine<P extends TensorTree, Rest extends readonly unknown[]>(
  loss: (params: P, ...rest: Rest) => Tensor,
  options: LossAlongLineOptions = {},
): (a: P, b: P, ...rest: Rest) => LossAlongLine {
  checkFunction("lossAlongLine", "loss", loss, "(params, ...rest) => tensor");
  checkOptions("lossAlongLine", options, ["start", "end", "count"]);
  const start = checkNumber("lossAlongLine", "start", options.start ?? 0);
  const end = checkNumber("lossAlongLine", "end", options.end ?? 1, { above: start });
  const count = checkNumber("lossAlongLine", "count", options.count ?? 51, { min: 2, integer: true });
  const positions = Array.from({ length: count }, (_, index) => start + ((end - start) * index) / (count - 1));
  const lossAt = compile(
    (a: P, b: P, position: number, rest: Rest): Tensor => loss(treeMap((from: Tensor, to: Tensor) => from.add(to.sub(from).mul(position)), a, b), ...rest),
    { donate: [] },
  );
  return (a, b, ...rest) => {
    checkParams("lossAlongLine", "a", a);
    checkParams("lossAlongLine", "b", b);
    checkAlike("lossAlongLine", a, b);
    const at = (position: number): number => lossAt(a, b, position, rest).item();
    const losses = positions.map(at);
    const finite = losses.filter(Number.isFinite);
    const loss = finite.length === 0 ? Number.NaN : Math.min(...finite);
    const barrier = start <= 0 && end >= 1 ? barrierOf(positions, losses, at(0), at(1)) : undefined;
    const monotone = losses.every((value, index) => index === 0 || value <= losses[index - 1]!);
    const hills = hillsOf(positions, losses);
    return {
      positions,
      losses,
      lowest: { position: positions[losses.indexOf(loss)] ?? Number.NaN, loss },
      hills,
      barrier,
      monotone,
      message: describe({ hills, barrier, monotone }, losses.length - finite.length),
    };
  };
}
