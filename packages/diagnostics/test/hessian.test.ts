import type { Tensor } from "@opt/core";
import { concatenate, tensor, zeros } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { hessianEigenvalues, hessianTrace } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { doubles, matrixWithSpectrum, multiply } from "./spectra.ts";

expect.extend(matchers);

type Halves = { readonly head: Tensor; readonly tail: readonly [Tensor] };

const spectrum = [-4, -1, 0, 0, 0.5, 1, 2, 3, 7, 12];
const matrix = matrixWithSpectrum(spectrum, 11);

/** ½ xᵀAx with x = (head, tail row by row). */
function quadratic({ head, tail: [tail] }: Halves, a: Tensor): Tensor {
  const x = concatenate([head, tail.reshape([-1])], 0);
  return x.mul(a.matmul(x.reshape([-1, 1])).reshape([-1])).sum().mul(0.5);
}

const at = (dtype: "f32" | "f64"): Halves => ({ head: tensor([1, 2, 3, 4], { dtype }), tail: [tensor([[1, 2, 3], [4, 5, 6]], { dtype })] });

describe("hessianEigenvalues", () => {
  it("finds a known spectrum through a tree of tensors to 1e-10", () => {
    const { largest, smallest, status } = hessianEigenvalues(quadratic, { largest: 3, smallest: 4, vectors: true })(at("f64"), tensor(matrix, { dtype: "f64" }));
    expect(status).toBe("converged");
    expect(largest.map(({ value }) => value)).toBeAllClose([12, 7, 3], { relative: 0, absolute: 1e-10 });
    expect(smallest.map(({ value }) => value)).toBeAllClose([-4, -1, 0, 0], { relative: 0, absolute: 1e-10 });
    const { vector } = largest[0]!;
    const { head, tail } = vector!;
    expect([head.shape, tail[0].shape]).toEqual([[4], [2, 3]]);
    const flat = [...head.readSync(), ...tail[0].readSync()];
    expect(multiply(matrix, flat)).toBeAllClose(flat.map((element) => 12 * element), { relative: 0, absolute: 1e-9 });
  });

  it("computes in f32 where the parameters are", () => {
    const { largest, smallest, status } = hessianEigenvalues(quadratic, { largest: 2 })(at("f32"), tensor(matrix));
    expect(status).toBe("converged");
    expect([...largest, ...smallest].map(({ value }) => value)).toBeAllClose([12, 7, -4], { relative: 1e-5 });
  });

  /** ½ ‖W_L … W_1 − diag(strengths)‖² at its balanced minimum, W_l = diag(strengths^(1/L)). */
  const deepLinear = (depth: number, strengths: readonly number[]): number => {
    const diagonal = (values: readonly number[]): Tensor => tensor(values.map((value, row) => values.map((_, column) => (row === column ? value : 0))), { dtype: "f64" });
    const weights = Array.from({ length: depth }, () => diagonal(strengths.map((strength) => strength ** (1 / depth))));
    const target = diagonal(strengths);
    const loss = (layers: readonly Tensor[]): Tensor => layers.reduce((product, layer) => layer.matmul(product)).sub(target).pow(2).sum().mul(0.5);
    return hessianEigenvalues(loss)(weights).largest[0]?.value ?? Number.NaN;
  };

  it.each([2, 3, 4, 6])("has the largest eigenvalue of a deep linear network of %d weight layers, L s^(2 − 2/L) (Saxe et al. 2013)", (depth) => {
    expect(deepLinear(depth, [3])).toBeAllClose(depth * 3 ** (2 - 2 / depth), { relative: 1e-10 });
    expect(deepLinear(depth, [2.5, 1, 0.3])).toBeAllClose(depth * 2.5 ** (2 - 2 / depth), { relative: 1e-10 });
  });

  it("names mistakes", () => {
    const bowl = (x: Tensor): Tensor => x.mul(x).sum();
    expect(complaint(() => hessianEigenvalues(bowl, { largest: -1 }))).toMatchInlineSnapshot(`"option: hessianEigenvalues({ largest }): must be an integer ≥ 0; got -1."`);
    expect(complaint(() => hessianEigenvalues(bowl, { largest: 3 })(doubles([1, 2])))).toMatchInlineSnapshot(`"option: hessianEigenvalues({ largest }): must be at most the dimension 2; got 3."`);
    expect(complaint(() => hessianEigenvalues(bowl)({} as never))).toMatchInlineSnapshot(`"tree: hessianEigenvalues: params must hold at least one tensor; got an empty object."`);
    expect(complaint(() => hessianEigenvalues((x: Tensor) => x)(doubles([1, 2])))).toMatchInlineSnapshot(`"shape: grad: the function must return a single number; got shape [2]. Take its mean() or sum()."`);
  });
});

describe("hessianTrace", () => {
  const offDiagonal = matrix.reduce((total, row, i) => total + row.reduce((sum, element, j) => sum + (i === j ? 0 : element ** 2), 0), 0);

  it("estimates the sum of the eigenvalues with the standard error that theory says", () => {
    const samples = 1000;
    const { trace, standardError, status } = hessianTrace(quadratic, { samples })(at("f64"), tensor(matrix, { dtype: "f64" }));
    expect(status).toBe("estimated");
    expect(Math.abs(trace - 20.5)).toBeLessThan(4 * standardError);
    // Var zᵀHz = 2 Σ_{i≠j} H_ij² for random signs; the estimate of a variance from 1000 samples is good to a few per cent.
    expect(standardError).toBeAllClose(Math.sqrt((2 * offDiagonal) / samples), { relative: 0.1 });
  });

  it("is exact for a diagonal Hessian", () => {
    const loss = ({ x, y }: { x: Tensor; y: Tensor }): Tensor => x.mul(x).sum().add(y.pow(3).sum());
    const { trace, standardError } = hessianTrace(loss, { samples: 2 })({ x: zeros([2, 3], { dtype: "f64" }), y: doubles([1, 2]) });
    expect([trace, standardError]).toBeAllClose([12 + 6 + 12, 0], { relative: 1e-12 });
  });

  it("says what it knows in words, and when it knows nothing", () => {
    expect(hessianTrace((x: Tensor) => x.mul(x).sum(), { samples: 10 })(doubles([1])).message).toBe("the trace is 2 ± 0 (one standard error of 10 samples).");
    expect(hessianTrace((x: Tensor) => x.pow(0.5).sum(), { samples: 2 })(doubles([-1]))).toMatchObject({ status: "non-finite", trace: NaN });
  });

  it("names mistakes", () => {
    expect(complaint(() => hessianTrace((x: Tensor) => x.sum(), { samples: 1 }))).toMatchInlineSnapshot(`"option: hessianTrace({ samples }): must be an integer ≥ 2; got 1."`);
    expect(complaint(() => hessianTrace((x: Tensor) => x.sum())(tensor([1], { dtype: "i32" })))).toMatchInlineSnapshot(`"dtype: hessianTrace: params must be f32 or f64; got i32."`);
  });
});
