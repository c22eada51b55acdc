import type { Tensor, TensorTree } from "@opt/core";
import { compile, fail, grad, iota, cos, treeLeaves, treeMap, treePaths, tensor } from "@opt/core";
import { compareNumbers } from "./close.ts";

/** Options of {@link finiteDifferenceGradient}. */
export interface FiniteDifferenceOptions {
  /** The step h relative to `max(1, |x|)`. Default the cube root of the f64 rounding unit, which suits central differences. */
  readonly step?: number;
}

/** Options of {@link checkGradients}. */
export interface CheckGradientsOptions<P extends TensorTree> extends FiniteDifferenceOptions {
  /** The gradient under test, of the sum of the function's elements weighted by {@link projectionWeights}. Default `grad`. */
  readonly gradient?: (inputs: P) => P;
  /** Default 1e-6. */
  readonly relative?: number;
  /** Default 1e-7. */
  readonly absolute?: number;
}

const defaultStep = Number.EPSILON ** (1 / 3);

function requireDoubles(where: string, inputs: TensorTree): void {
  const paths = treePaths(inputs);
  treeLeaves(inputs).forEach((leaf, index) => {
    if (leaf.dtype === "f64") return;
    fail("dtype", `${where}: input ${paths[index] ?? ""}: must be f64; got ${leaf.dtype}, whose rounding swamps finite differences. Use { dtype: "f64" }.`);
  });
}

/**
 * Approximates a gradient by central differences, `∂f/∂xᵢ ≈ (f(x + hᵢ eᵢ) − f(x − hᵢ eᵢ)) / 2hᵢ`, two evaluations for each
 * element.
 *
 * @param fn - A function of a tree of f64 tensors with a one-element result.
 * @param inputs - Where.
 * @param options - The relative step.
 * @returns For each leaf, in order, the derivatives.
 * @throws OptError `dtype` for inputs that are not f64.
 *
 * @example
 * ```ts
 * import { square, sum, tensor } from "@opt/core";
 * import { finiteDifferenceGradient } from "@opt/testing";
 *
 * const x = tensor([1, 2], { dtype: "f64" });
 * const [derivatives] = finiteDifferenceGradient((point: typeof x) => sum(square(point)), x); // close to 2 and 4
 * ```
 */
export function finiteDifferenceGradient<P extends TensorTree>(
  fn: (inputs: P) => Tensor,
  inputs: P,
  options: FiniteDifferenceOptions = {},
): Float64Array[] {
  requireDoubles("finiteDifferenceGradient", inputs);
  const { step = defaultStep } = options;
  const evaluate = compile(fn, { donate: [] });
  const leaves = treeLeaves(inputs);
  const values = leaves.map((leaf) => Float64Array.from(leaf.readSync()));
  const evaluateAt = (which: number, index: number, value: number): number => {
    let position = 0;
    const moved = treeMap((leaf) => {
      const elements = (values[position] ?? new Float64Array(0)).slice();
      if (position === which) elements[index] = value;
      position++;
      return tensor(elements, { shape: leaf.shape });
    }, inputs);
    return evaluate(moved).item();
  };
  return values.map((elements, which) =>
    elements.map((x, index) => {
      const h = step * Math.max(1, Math.abs(x));
      // The difference of the two points as they are stored, not as they were meant.
      const above = x + h;
      const below = x - h;
      return (evaluateAt(which, index, above) - evaluateAt(which, index, below)) / (above - below);
    }),
  );
}

/** Fixed weights, none of them alike, that turn a tensor into one number: `wᵢ = cos(i + 0.5)`. */
export function projectionWeights(like: Tensor): Tensor {
  return cos(iota([like.size], 0, { dtype: "f64" }).add(0.5)).reshape(like.shape);
}

/**
 * Checks derivatives against central differences in f64. A result with several elements is weighted and summed first, so
 * that every element counts.
 *
 * @param fn - A function of a tree of f64 tensors with an f64 result of any shape.
 * @param inputs - Where; away from kinks.
 * @param options - Tolerances, the step, another gradient to test.
 * @throws Error naming the input and element where they differ most.
 * @throws OptError `dtype` for inputs that are not f64.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@opt/core";
 * import { checkGradients } from "@opt/testing";
 *
 * const a = tensor([[1, 2], [3, 4]], { dtype: "f64" });
 * checkGradients(([x, y]) => matmul(x, y), [a, a.mul(0.5)]);
 * ```
 */
export function checkGradients<const P extends TensorTree>(fn: (inputs: P) => Tensor, inputs: P, options: CheckGradientsOptions<P> = {}): void {
  requireDoubles("checkGradients", inputs);
  const projected = (point: P): Tensor => {
    const result = fn(point);
    return result.mul(projectionWeights(result)).sum();
  };
  const { gradient = grad(projected), relative = 1e-6, absolute = 1e-7 } = options;
  const expected = finiteDifferenceGradient(projected, inputs, options);
  const actual = treeLeaves(gradient(inputs));
  const paths = treePaths(inputs);
  const complaints = actual.flatMap((leaf, index) => {
    const { close, message } = compareNumbers(leaf.readSync(), expected[index] ?? [], { relative, absolute });
    return close ? [] : [`derivative by ${paths[index] === "" ? "the input" : (paths[index] ?? "")}: ${message}`];
  });
  if (complaints.length > 0) throw new Error(`checkGradients: derivatives and finite differences disagree.\n${complaints.join("\n")}`);
}
