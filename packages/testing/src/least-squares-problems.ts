import type { Tensor } from "@opt/core";
import { concatenate, describeValue, fail, reshape, slice, square, sum } from "@opt/core";
import type { SmoothObjective, Residual } from "./least-squares.ts";
import { leastSquares } from "./least-squares.ts";

/** The names of the problems. */
export type LeastSquaresName = "Rosenbrock" | "Brown badly scaled" | "Beale" | "Powell singular" | "Wood" | "extended Rosenbrock";

/** A sum of squares to minimize, in both forms that objectives have: of a tensor, and as plain callbacks. */
export interface LeastSquaresProblem extends SmoothObjective {
  readonly name: LeastSquaresName;
  /** Where to start. */
  readonly start: readonly number[];
  /** Where the value is 0; the only such point. */
  readonly minimizer: readonly number[];
  /** The function of an f64 tensor [n], written without the callbacks: its derivatives are core's. */
  readonly tensorValue: (x: Tensor) => Tensor;
}

/** The elements of a tensor [n], each of shape [1]. */
function elements(x: Tensor): (position: number) => Tensor {
  return (position) => slice(x, 0, position - 1, position);
}

function sumOfSquares(...residuals: readonly Tensor[]): Tensor {
  return sum(square(concatenate(residuals, 0)));
}

/** Problems 1 and 21: for each pair r = (10 (x₂ − x₁²), 1 − x₁). */
function rosenbrock(name: LeastSquaresName, dimension: number): LeastSquaresProblem {
  const residuals = function* (x: Float64Array): Generator<Residual> {
    for (let i = 0; i < dimension; i += 2) {
      yield { value: 10 * (x[i + 1]! - x[i]! ** 2), gradient: [[i, -20 * x[i]!], [i + 1, 10]], hessian: [[i, i, -20]] };
      yield { value: 1 - x[i]!, gradient: [[i, -1]] };
    }
  };
  return {
    name,
    start: Array.from({ length: dimension }, (_, index) => (index % 2 === 0 ? -1.2 : 1)),
    minimizer: Array.from({ length: dimension }, () => 1),
    tensorValue: (x) => {
      const pairs = reshape(x, [dimension / 2, 2]);
      const [first, second] = [slice(pairs, 1, 0, 1), slice(pairs, 1, 1, 2)];
      return sumOfSquares(second.sub(square(first)).mul(10), first.neg().add(1));
    },
    ...leastSquares(dimension, residuals),
  };
}

/** Problem 4: r = (x₁ − 10⁶, x₂ − 2·10⁻⁶, x₁ x₂ − 2). */
const brownBadlyScaled: LeastSquaresProblem = {
  name: "Brown badly scaled",
  start: [1, 1],
  minimizer: [1e6, 2e-6],
  tensorValue: (vector) => {
    const x = elements(vector);
    return sumOfSquares(x(1).sub(1e6), x(2).sub(2e-6), x(1).mul(x(2)).sub(2));
  },
  ...leastSquares(2, (x) => [
    { value: x[0]! - 1e6, gradient: [[0, 1]] },
    { value: x[1]! - 2e-6, gradient: [[1, 1]] },
    { value: x[0]! * x[1]! - 2, gradient: [[0, x[1]!], [1, x[0]!]], hessian: [[0, 1, 1], [1, 0, 1]] },
  ]),
};

const bealeConstants = [1.5, 2.25, 2.625];

/** Problem 5: rᵢ = yᵢ − x₁ (1 − x₂ⁱ), i = 1, 2, 3. */
const beale: LeastSquaresProblem = {
  name: "Beale",
  start: [1, 1],
  minimizer: [3, 0.5],
  tensorValue: (vector) => {
    const x = elements(vector);
    return sumOfSquares(...bealeConstants.map((y, index) => x(1).mul(x(2).pow(index + 1).sub(1)).add(y)));
  },
  ...leastSquares(2, (x) =>
    bealeConstants.map((y, index): Residual => {
      const [first, second, power] = [x[0]!, x[1]!, index + 1];
      const slope = power * second ** (power - 1);
      const bend = power === 1 ? 0 : power * (power - 1) * second ** (power - 2);
      return {
        value: y - first * (1 - second ** power),
        gradient: [[0, second ** power - 1], [1, first * slope]],
        hessian: [[0, 1, slope], [1, 0, slope], [1, 1, first * bend]],
      };
    }),
  ),
};

/** The residual `factor · (xᵢ − c xⱼ)²`, whose curvature vanishes at its zero. */
function squaredDifference(x: Float64Array, i: number, j: number, c: number, factor: number): Residual {
  const difference = x[i]! - c * x[j]!;
  const [slope, bend] = [2 * factor * difference, 2 * factor];
  return {
    value: factor * difference ** 2,
    gradient: [[i, slope], [j, -c * slope]],
    hessian: [[i, i, bend], [i, j, -c * bend], [j, i, -c * bend], [j, j, c * c * bend]],
  };
}

/** Problem 13: r = (x₁ + 10 x₂, √5 (x₃ − x₄), (x₂ − 2 x₃)², √10 (x₁ − x₄)²); the Hessian is singular at the minimum. */
const powellSingular: LeastSquaresProblem = {
  name: "Powell singular",
  start: [3, -1, 0, 1],
  minimizer: [0, 0, 0, 0],
  tensorValue: (vector) => {
    const x = elements(vector);
    return sumOfSquares(
      x(1).add(x(2).mul(10)),
      x(3).sub(x(4)).mul(Math.sqrt(5)),
      square(x(2).sub(x(3).mul(2))),
      square(x(1).sub(x(4))).mul(Math.sqrt(10)),
    );
  },
  ...leastSquares(4, (x) => [
    { value: x[0]! + 10 * x[1]!, gradient: [[0, 1], [1, 10]] },
    { value: Math.sqrt(5) * (x[2]! - x[3]!), gradient: [[2, Math.sqrt(5)], [3, -Math.sqrt(5)]] },
    squaredDifference(x, 1, 2, 2, 1),
    squaredDifference(x, 0, 3, 1, Math.sqrt(10)),
  ]),
};

/** Problem 14: r = (10 (x₂ − x₁²), 1 − x₁, √90 (x₄ − x₃²), 1 − x₃, √10 (x₂ + x₄ − 2), (x₂ − x₄) / √10). */
const wood: LeastSquaresProblem = {
  name: "Wood",
  start: [-3, -1, -3, -1],
  minimizer: [1, 1, 1, 1],
  tensorValue: (vector) => {
    const x = elements(vector);
    return sumOfSquares(
      x(2).sub(square(x(1))).mul(10),
      x(1).sub(1),
      x(4).sub(square(x(3))).mul(Math.sqrt(90)),
      x(3).sub(1),
      x(2).add(x(4)).sub(2).mul(Math.sqrt(10)),
      x(2).sub(x(4)).div(Math.sqrt(10)),
    );
  },
  ...leastSquares(4, (x) => [
    { value: 10 * (x[1]! - x[0]! ** 2), gradient: [[0, -20 * x[0]!], [1, 10]], hessian: [[0, 0, -20]] },
    { value: 1 - x[0]!, gradient: [[0, -1]] },
    { value: Math.sqrt(90) * (x[3]! - x[2]! ** 2), gradient: [[2, -2 * Math.sqrt(90) * x[2]!], [3, Math.sqrt(90)]], hessian: [[2, 2, -2 * Math.sqrt(90)]] },
    { value: 1 - x[2]!, gradient: [[2, -1]] },
    { value: Math.sqrt(10) * (x[1]! + x[3]! - 2), gradient: [[1, Math.sqrt(10)], [3, Math.sqrt(10)]] },
    { value: (x[1]! - x[3]!) / Math.sqrt(10), gradient: [[1, 1 / Math.sqrt(10)], [3, -1 / Math.sqrt(10)]] },
  ]),
};

/**
 * Sums of squares that are hard to minimize, each in its own way: a curved valley, bad scaling, a singular Hessian at the minimum,
 * a point where the Hessian is indefinite, and a hundred variables. All have the least value 0.
 *
 * @see Moré, Garbow and Hillstrom, "Testing unconstrained optimization software", 1981, problems 1, 4, 5, 13, 14 and 21.
 */
export const leastSquaresProblems: readonly LeastSquaresProblem[] = [
  rosenbrock("Rosenbrock", 2),
  brownBadlyScaled,
  beale,
  powellSingular,
  wood,
  rosenbrock("extended Rosenbrock", 100),
];

/** The problem with a name. */
export function leastSquaresProblemNamed(name: LeastSquaresName): LeastSquaresProblem {
  const known = leastSquaresProblems.map((problem) => problem.name).join(", ");
  return leastSquaresProblems.find((problem) => problem.name === name) ?? fail("option", `leastSquaresProblemNamed(name): must be one of ${known}; got ${describeValue(name)}.`);
}
