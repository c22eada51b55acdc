import type { Tensor } from "@opt/core";
import { cos, exp, foldIn, hostPermutation, key, log1p, randomNormal, tensor, zeros } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { CoordinateDescentOptions } from "../../src/index.ts";
import { coordinateDescent, coordinateSweeps } from "../../src/index.ts";
import type { Quadratic } from "./quadratic.ts";
import { gradientAt, largest, quadratic } from "./quadratic.ts";

expect.extend(matchers);

const f64 = { dtype: "f64" } as const;
const orders: CoordinateDescentOptions[] = [{ order: "cyclic" }, { order: "random", key: key(3) }, { order: "greedy" }];
const steps: CoordinateDescentOptions[] = [{ step: "newton" }, { step: "exact" }, { step: "line-search" }];

/** One sweep of exact coordinate steps on a quadratic, written with plain loops. */
function sweepByHand(problem: Quadratic, start: readonly number[], choose: (turn: number, gradient: readonly number[]) => number): number[] {
  const x = [...start];
  for (let turn = 0; turn < x.length; turn++) {
    const gradient = gradientAt(problem, x);
    const index = choose(turn, gradient);
    x[index] = (x[index] ?? 0) - (gradient[index] ?? 0) / (problem.matrix[index]?.[index] ?? 1);
  }
  return x;
}

function afterOneSweep(problem: Quadratic, start: readonly number[], options: CoordinateDescentOptions): Tensor {
  return coordinateDescent(problem.loss, tensor([...start], f64), { ...options, maxSweeps: 1 }).x;
}

describe("the orders, against loops written out", () => {
  const problem = quadratic(6, 1, 0.2);
  const start = [1, -2, 3, 0, 5, -1];

  it("cyclic: one coordinate after the other", () => {
    expect(afterOneSweep(problem, start, {})).toBeAllClose(sweepByHand(problem, start, (turn) => turn), { relative: 1e-12 });
  });

  it("greedy: always the largest gradient", () => {
    const steepest = (_turn: number, gradient: readonly number[]): number => {
      const sizes = gradient.map(Math.abs);
      return sizes.indexOf(Math.max(...sizes));
    };
    const expected = sweepByHand(problem, start, steepest);
    expect(afterOneSweep(problem, start, { order: "greedy" })).toBeAllClose(expected, { relative: 1e-12 });
    expect(afterOneSweep(problem, start, {})).not.toBeAllClose(expected, { relative: 1e-3 });
  });

  it("random: each coordinate once, in the order of the key", () => {
    const order = hostPermutation(foldIn(key(3), 0), 6);
    const expected = sweepByHand(problem, start, (turn) => order[turn] ?? 0);
    const options: CoordinateDescentOptions = { order: "random", key: key(3) };
    expect(afterOneSweep(problem, start, options)).toBeAllClose(expected, { relative: 1e-12 });
    expect(afterOneSweep(problem, start, { ...options, key: key(4) })).not.toBeAllClose(expected, { relative: 1e-3 });
  });

  it("greedy gains more in a sweep than cyclic", () => {
    const many = quadratic(12, 7, 0.2);
    const from = randomNormal(key(9), [12], f64);
    const valueAfter = (options: CoordinateDescentOptions): number => coordinateDescent(many.loss, from, { ...options, maxSweeps: 1 }).value;
    expect(valueAfter({ order: "greedy" })).toBeLessThan(valueAfter({}));
  });
});

describe.each(orders)("$order order", (order) => {
  it.each(steps)("reaches the minimum of a quadratic with $step steps", (step) => {
    const problem = quadratic(5, 2, 0.5);
    const { x, status, gradientNorm, message } = coordinateDescent(problem.loss, zeros([5], f64), { ...order, ...step });
    expect({ status, message }).toEqual({ status: "converged", message: "converged: the gradient is below the tolerance." });
    const gradient = largest(gradientAt(problem, Array.from(x.readSync())));
    expect(gradient).toBeLessThanOrEqual(1e-8 + 1e-12);
    expect(gradientNorm).toBeCloseTo(gradient, 12);
  });

  it.each(steps)("fits a logistic regression with $step steps", (step) => {
    const inputs = randomNormal(key(5), [60, 3], f64);
    const labels = tensor(Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 1 : -1)), f64);
    const loss = ({ weight, bias }: { weight: Tensor; bias: Tensor }): Tensor =>
      log1p(exp(inputs.matmul(weight.reshape([3, 1])).reshape([60]).add(bias).mul(labels).neg())).mean();
    const { status, gradientNorm, value } = coordinateDescent(loss, { weight: zeros([3], f64), bias: zeros([], f64) }, { ...order, ...step });
    expect(status).toBe("converged");
    expect(gradientNorm).toBeLessThanOrEqual(1e-8);
    expect(value).toBeLessThan(Math.log(2));
  });
});

describe("blocks", () => {
  type Params = { readonly first: { readonly a: Tensor; readonly b: Tensor }; readonly second: Tensor };
  const problem = quadratic(6, 4, 0.05);
  const loss = ({ first: { a, b }, second }: Params): Tensor => problem.loss(joined(a, b, second));
  const start: Params = { first: { a: zeros([2], f64), b: zeros([1], f64) }, second: zeros([3], f64) };

  it("of everything at once: one Newton step is the minimum of a quadratic", () => {
    const { sweeps, status } = coordinateDescent(loss, start, { blocks: [["first", "second"]] });
    expect({ sweeps, status }).toEqual({ sweeps: 1, status: "converged" });
  });

  it("of tensors and of groups by path: each is at its minimum after its turn", () => {
    const { x } = coordinateDescent(loss, start, { blocks: "leaves", maxSweeps: 1 });
    const gradient = gradientAt(problem, read(x));
    expect(largest(gradient.slice(3))).toBeLessThan(1e-12);
    expect(largest(gradient.slice(0, 3))).toBeGreaterThan(1e-3);
    const grouped = coordinateDescent(loss, start, { blocks: [["second"], ["first.b", "first.a"]], maxSweeps: 1 });
    const groupGradient = gradientAt(problem, read(grouped.x));
    expect(largest(groupGradient.slice(0, 3))).toBeLessThan(1e-12);
    expect(largest(groupGradient.slice(3))).toBeGreaterThan(1e-3);
  });

  it("need fewer sweeps than coordinates that pull each other", () => {
    const sweepsWith = (blocks: CoordinateDescentOptions["blocks"]): number => coordinateDescent(loss, start, { ...(blocks && { blocks }) }).sweeps;
    expect(sweepsWith("leaves")).toBeLessThan(sweepsWith("elements"));
  });

  function joined(a: Tensor, b: Tensor, second: Tensor): Tensor {
    const place = (values: Tensor, first: number): Tensor => {
      const identity = Array.from({ length: values.size }, (_, row) => Array.from({ length: 6 }, (_unused, column) => (column === first + row ? 1 : 0)));
      return values.reshape([1, values.size]).matmul(tensor(identity, f64)).reshape([6]);
    };
    return place(a, 0).add(place(b, 2)).add(place(second, 3));
  }

  function read({ first: { a, b }, second }: Params): number[] {
    return [a, b, second].flatMap((leaf) => Array.from(leaf.readSync()));
  }
});

describe("(x₁ − x₂)² + α(x₁² + x₂²)", () => {
  const slow = (alpha: number) => (x: { a: Tensor; b: Tensor }): Tensor => x.a.sub(x.b).pow(2).add(x.a.pow(2).add(x.b.pow(2)).mul(alpha));
  const start = { a: tensor(0, f64), b: tensor(1, f64) };

  it.each([1, 0.1, 0.01, 0.001])("shrinks by 1/(1 + α)² in each sweep, α = %d", (alpha) => {
    let sweep = 0;
    for (const { x } of coordinateSweeps(slow(alpha), start, { maxSweeps: 20, tolerance: 1e-300 })) {
      sweep++;
      expect(x.b.item()).toBeCloseTo((1 + alpha) ** (-2 * sweep), 12);
      expect(x.a.item()).toBeCloseTo((1 + alpha) ** (1 - 2 * sweep), 12);
    }
    expect(sweep).toBe(20);
  });

  it("takes ln(1/tolerance) / (2 ln(1 + α)) sweeps, and one as a block", () => {
    // The gradient by x₁ after a sweep is 2(1 + α)x₁ − 2x₂ = 2 (1 + α)^(−2k) ((1 + α)² − 1); that by x₂ is 0.
    const predicted = (alpha: number): number => Math.ceil(Math.log((2 * ((1 + alpha) ** 2 - 1)) / 1e-6) / (2 * Math.log(1 + alpha)));
    for (const alpha of [0.1, 0.01]) {
      const { sweeps, status } = coordinateDescent(slow(alpha), start, { tolerance: 1e-6 });
      expect({ sweeps, status }).toEqual({ sweeps: predicted(alpha), status: "converged" });
      expect(coordinateDescent(slow(alpha), start, { tolerance: 1e-6, blocks: [["a", "b"]] }).sweeps).toBe(1);
    }
  });
});

describe("outcomes", () => {
  it("leaves a maximum in the direction of descent", () => {
    const { x, status } = coordinateDescent((point: Tensor) => cos(point).sum(), tensor([0.1, -0.2], f64));
    expect(status).toBe("converged");
    expect(x).toBeAllClose([Math.PI, -Math.PI], { relative: 1e-8 });
  });

  it("non-finite: a bad start, and a loss without a lower bound", () => {
    const atNaN = coordinateDescent((x: Tensor) => x.sum(), tensor([Number.NaN], f64));
    expect({ sweeps: atNaN.sweeps, status: atNaN.status }).toEqual({ sweeps: 0, status: "non-finite" });
    const unbounded = coordinateDescent((x: Tensor) => x.pow(2).neg().sum(), tensor([1], f64));
    expect(unbounded.status).toBe("non-finite");
    expect(unbounded.message).toBe("the loss or its gradient is infinite or NaN. Start elsewhere, or bound the loss.");
  });

  it("max-sweeps, with the point that was reached", () => {
    const problem = quadratic(4, 6, 0.01);
    const { sweeps, status, value, message } = coordinateDescent(problem.loss, zeros([4], f64), { maxSweeps: 2 });
    expect({ sweeps, status }).toEqual({ sweeps: 2, status: "max-sweeps" });
    expect(value).toBeLessThan(0);
    expect(message).toBe("the largest number of sweeps was reached. Allow more, or move strongly coupled coordinates together as blocks.");
  });

  it("stalled: f32 does not reach a tolerance below its rounding", () => {
    const far = (x: Tensor): Tensor => x.sub(0.1).pow(2).add(x.sub(20000.7).pow(2).mul(3)).sum();
    const { status, message, gradientNorm } = coordinateDescent(far, tensor([1e4]), { tolerance: 1e-9 });
    expect(status).toBe("stalled");
    expect(gradientNorm).toBeGreaterThan(1e-9);
    expect(message).toBe("ten sweeps lowered neither the loss nor its gradient. The tolerance may be below what rounding allows; use f64 parameters or a larger tolerance.");
  });

  it("aborted, between two sweeps", () => {
    const controller = new AbortController();
    const problem = quadratic(4, 6, 0.01);
    const sweeps = coordinateSweeps(problem.loss, zeros([4], f64), { signal: controller.signal });
    expect(sweeps.next()).toMatchObject({ done: false, value: { sweep: 1 } });
    controller.abort();
    expect(sweeps.next()).toMatchObject({ done: true, value: { sweeps: 1, status: "aborted", message: "aborted by the signal." } });
  });

  it("leaves the start alone and keeps f32", () => {
    const start = tensor([5, 5]);
    const { x, status } = coordinateDescent((point: Tensor) => point.sub(2).pow(2).sum(), start);
    expect(status).toBe("converged");
    expect(x.dtype).toBe("f32");
    expect(x).toBeAllClose([2, 2]);
    expect(start).toBeAllClose([5, 5]);
  });
});
