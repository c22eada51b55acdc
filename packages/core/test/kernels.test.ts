import { broadcastTo, compile, concatenate, exp, grad, less, logSumExp, matmul, max, min, slice, sqrt, sum, tensor, where } from "@opt/core";
import type { Shape, Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { compiledTraces } from "../src/compile/compile.ts";
import { randomSource } from "./random-source.ts";
import { difference, evaluateReference } from "./reference.ts";

type Float = "f32" | "f64";

const kept = { keepDims: true };
const squares = (x: Tensor): Tensor => x.mul(x);

function random(shape: Shape, dtype: Float = "f32", seed = 1): Tensor {
  const source = randomSource(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(Float32Array.from({ length: size }, () => 4 * source.uniform() - 2), { shape, dtype });
}

/** Compiles a function, compares its results with the reference, and returns how many kernels it took. */
function check(fn: (...inputs: Tensor[]) => Tensor | Tensor[], ...inputs: Tensor[]): number {
  const list = (result: Tensor | Tensor[]): Tensor[] => (Array.isArray(result) ? result : [result]);
  const expected = evaluateReference(list(fn(...inputs)));
  const run = compile((...args: Tensor[]) => list(fn(...args)), { donate: [] });
  run(...inputs).forEach((actual, index) => {
    const wanted = expected[index];
    expect(wanted === undefined ? "missing" : difference(wanted, actual)).toBeUndefined();
  });
  return compiledTraces(run)[0]?.plan.kernels.length ?? 0;
}

/** log-softmax and what a loss over it sends back: three passes over each row. */
const logSoftmax = (x: Tensor, axis: number): Tensor => x.sub(logSumExp(x, axis, kept));
const softmax = (x: Tensor, axis: number): Tensor => {
  const powers = exp(x.sub(max(x, axis, kept)));
  return powers.div(powers.sum(axis, kept));
};

describe("several passes in one kernel", () => {
  const rows = [1, 2, 5];
  const columns = [1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 33];

  it.each(["f32", "f64"] as const)("softmax and log-softmax with gradient over rows of every length, %s", (dtype) => {
    for (const m of rows) {
      for (const n of columns) {
        const x = random([m, n], dtype);
        const weights = random([m, n], dtype, 2);
        expect(check((y) => softmax(y, 1), x)).toBe(1);
        check((y) => [logSoftmax(y, 1), grad((z: Tensor) => logSoftmax(z, 1).mul(weights).sum())(y)], x);
      }
    }
  });

  it("softmax over columns, middle axes and strided axes", () => {
    for (const shape of [[7, 5], [1, 9], [33, 3], [2, 3, 5], [3, 1, 4], [2, 3, 2, 5]]) {
      for (let axis = 0; axis < shape.length; axis++) {
        check((x) => softmax(x, axis), random(shape));
        check((x) => softmax(x.transpose(), axis), random(shape, "f64"));
      }
    }
  });

  it.each([[[0]], [[1]], [[0, 1]], [[0, 2]], [[0, 2, 3]], [[1, 2]], [[3]], [[0, 1, 2, 3]]])("standardizes over axes %j in every dtype", (axes) => {
    for (const dtype of ["f32", "f64"] as const) {
      for (const shape of [[4, 3, 5, 2], [2, 1, 3, 9], [1, 6, 1, 4]]) {
        check((x) => {
          const centered = x.sub(x.mean(axes, kept));
          const variance = squares(centered).mean(axes, kept);
          return [centered.div(sqrt(variance.add(1e-3))), variance.reshape([variance.size]).mul(0.9)];
        }, random(shape, dtype));
      }
    }
  });

  it("reads what a pass stored beside what it reduced", () => {
    check((x) => {
      const shifted = x.sub(x.sum(1, kept));
      const total = squares(shifted).sum(1, kept);
      return [shifted, total, shifted.div(total), min(shifted.div(total), 1)];
    }, random([5, 13]));
  });
});

describe("reductions of every size", () => {
  it("reduces 0 … 70 elements to one number", () => {
    for (let count = 0; count <= 70; count++) {
      const x = random([count], count % 3 === 0 ? "f64" : "f32");
      check((y) => (count === 0 ? [y.sum()] : [y.sum(), max(y), min(y.mul(2)), squares(y).mean()]), x);
      check((y) => sum(y), tensor(Int32Array.from({ length: count }, (_, index) => index - 20)));
    }
  });

  it("reduces rows and columns of 1 … 20 by 1 … 200", () => {
    const lengths = [1, 2, 3, 4, 5, 8, 15, 16, 17, 63, 64, 65, 127, 200];
    for (let columns = 1; columns <= 20; columns++) {
      for (const rows of lengths.filter((_, index) => (index + columns) % 3 === 0)) {
        const x = random([rows, columns], columns % 4 === 0 ? "f64" : "f32");
        check((y) => [y.sum(0), max(y, 0), squares(y).sum(1), max(y.transpose(), 0)], x);
      }
    }
  });

  it.each([["f32", 100_003], ["f64", 50_001]] as const)("handles %s of %i elements", (dtype, count) => {
    const x = random([count], dtype);
    check((y) => [y.mul(2).add(1), y.sum(), max(y)], x);
    check((y) => [y.reshape([-1, 7]).sum(0)], random([count - (count % 7)], dtype));
  });

  it("does nothing for empty tensors", () => {
    check((x) => [x.mul(2), x.sum(0), x.sum(1), x.sum(), x.transpose().add(1), x.reshape([5, 0])], tensor([], { shape: [0, 5] }));
    check((a, b) => matmul(a, b), tensor([], { shape: [3, 0] }), tensor([], { shape: [0, 2] }));
  });

  it.each(["f32", "f64"] as const)("keeps NaN and infinities, %s", (dtype) => {
    const smallPowers = [[0, -87.5, -95, -103.5, -104], [-744, -708, -720, 0, -746]];
    const x = tensor([[1, NaN, 2, 3, 4], [Infinity, 1, 2, -Infinity, 5], [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity], [3e38, 3e38, 1, 1, 1], ...smallPowers], { dtype });
    check((y) => [y.sum(1), max(y, 1), min(y, 1), max(y, 0), logSumExp(y, 1), softmax(y, 1)], x);
  });
});

describe("matrix products with work around them", () => {
  const sizes: readonly (readonly [number, number, number])[] = [[1, 1, 1], [3, 5, 2], [4, 16, 4], [7, 9, 17], [17, 33, 19], [1, 40, 23], [31, 2, 1], [5, 300, 6]];

  it.each(["f32", "f64"] as const)("takes operands as they lie, %s", (dtype) => {
    for (const [m, k, n] of sizes) {
      const a = random([m, k], dtype);
      const b = random([k, n], dtype, 2);
      check((x, y) => matmul(x, y), a, b);
      check((x, y) => matmul(x.transpose(), y), random([k, m], dtype), b);
      check((x, y) => matmul(x, y.transpose()), a, random([n, k], dtype, 3));
      check((x, y) => matmul(x.reshape([m, k]), y.reshape([n, k]).transpose()), random([m * k], dtype), random([k, n], dtype, 3));
      check((x, y) => matmul(x.mul(2).transpose().transpose(), exp(y)), a, b);
    }
  });

  it.each(["f32", "f64"] as const)("computes what follows while it stores, %s", (dtype) => {
    for (const [m, k, n] of sizes) {
      const inputs = [random([m, k], dtype), random([k, n], dtype, 2), random([n], dtype, 3), random([m, n], dtype, 4)];
      check((x, y, bias = x, other = x) => {
        const product = matmul(x, y ?? x);
        const activated = max(concatenate([product.add(bias).reshape([m, n, 1]), other.reshape([m, n, 1])], 2), 2);
        return [product.add(bias), activated, other.sub(product.mul(0.1)), product.transpose().mul(2), product.sum(0), where(less(product, 0), 0, product)];
      }, ...inputs);
      check((x, y) => {
        const product = matmul(x, y ?? x);
        return [concatenate([product, product.mul(2)], 0), concatenate([product, product], 1), slice(product, 0, 0, 1), broadcastTo(product, [2, m, n])];
      }, ...inputs);
    }
  });
});
