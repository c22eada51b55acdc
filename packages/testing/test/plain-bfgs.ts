import type { Minimizer, MinimizerIterate, MinimizerOptions, MinimizerResult, SmoothObjective } from "../src/index.ts";
import { largest } from "../src/minimizer-run.ts";

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, element, index) => total + element * b[index]!, 0);

/** The inverse Hessian after a step s that changed the gradient by y. */
function updated(inverse: readonly Float64Array[], s: Float64Array, y: Float64Array): Float64Array[] {
  const product = dot(s, y);
  const image = Float64Array.from(inverse, (row) => dot(row, y));
  const factor = (1 + dot(y, image) / product) / product;
  return inverse.map((row, i) => row.map((element, j) => element + factor * s[i]! * s[j]! - (image[i]! * s[j]! + s[i]! * image[j]!) / product));
}

/** BFGS with halving, as a stranger would write it, knowing nothing but the contract. */
export function* plainBfgs(objective: SmoothObjective, x0: Float64Array, options: MinimizerOptions = {}): Generator<MinimizerIterate, MinimizerResult, undefined> {
  const { tolerance = 1e-6, maxSteps = 1000, callback, signal } = options;
  const evaluations = { value: 0, gradient: 0, hessian: 0 };
  const valueAt = (point: Float64Array): number => {
    evaluations.value++;
    return objective.value(point);
  };
  const gradientAt = (point: Float64Array): Float64Array => {
    evaluations.gradient++;
    return objective.gradient(point);
  };
  let x: Float64Array = x0.slice();
  let gradient: Float64Array = new Float64Array(0);
  let [value, steps] = [Number.NaN, 0];
  const isAborted = (): boolean => signal?.aborted === true;
  const end = (status: string): MinimizerResult => ({ x, value, gradientNorm: largest(gradient), steps, evaluations, status, message: `it ended: ${status}` });
  if (isAborted()) return end("aborted");
  [value, gradient] = [valueAt(x), gradientAt(x)];
  let inverse: Float64Array[] | undefined;
  for (;; steps++) {
    const iterate = { step: steps, x: x.slice(), value, gradientNorm: largest(gradient) };
    callback?.(iterate);
    yield iterate;
    if (isAborted()) return end("aborted");
    if (!Number.isFinite(value)) return end("non-finite");
    if (largest(gradient) <= tolerance) return end("converged");
    if (steps >= maxSteps) return end("max-steps");
    const descent = gradient.map((element) => -element);
    const direction = inverse === undefined ? descent : Float64Array.from(inverse, (row) => dot(row, descent));
    const slope = dot(gradient, direction);
    let length = inverse === undefined ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const pointAt = (along: number): Float64Array => x.map((element, index) => element + along * direction[index]!);
    let [next, nextValue] = [pointAt(length), valueAt(pointAt(length))];
    for (let trials = 0; !(nextValue <= value + 1e-4 * length * slope); trials++) {
      if (trials === 60) return end("line-search-failed");
      length /= 2;
      next = pointAt(length);
      nextValue = valueAt(next);
    }
    const nextGradient = gradientAt(next);
    const s = next.map((element, index) => element - x[index]!);
    const y = nextGradient.map((element, index) => element - gradient[index]!);
    const scale = dot(s, y) / dot(y, y);
    inverse ??= Array.from(x, (_, i) => Float64Array.from(x, (_element, j) => (i === j ? scale : 0)));
    if (dot(s, y) > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y))) inverse = updated(inverse, s, y);
    else inverse = undefined;
    [x, value, gradient] = [next, nextValue, nextGradient];
  }
}

/** The stranger's minimizer in both forms. */
export const stranger: Minimizer = {
  steps: plainBfgs,
  minimize(objective, x0, options) {
    const steps = plainBfgs(objective, x0, options);
    for (;;) {
      const turn = steps.next();
      if (turn.done === true) return turn.value;
    }
  },
};
