import type { Tensor } from "@opt/core";
import { log, tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { CriticalPointKind } from "../src/index.ts";
import { criticalPoint } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { doubles, matrixWithSpectrum } from "./spectra.ts";

expect.extend(matchers);

/** ½ xᵀAx. */
function quadratic(x: Tensor, a: Tensor): Tensor {
  return x.mul(a.matmul(x.reshape([-1, 1])).reshape([-1])).sum().mul(0.5);
}

const spectra: readonly (readonly [kind: CriticalPointKind, spectrum: readonly number[], index: number, nullity: number])[] = [
  ["minimum", [0.1, 1, 2, 30], 0, 0],
  ["maximum", [-5, -1, -0.2], 3, 0],
  ["saddle", [-1, 2, 3], 1, 0],
  ["saddle", [-3, -2, 0, 0, 5], 2, 2],
  ["degenerate", [0, 1, 2], 0, 1],
  ["degenerate", [-2, -1, 0, 0], 2, 2],
  ["degenerate", [0, 0, 0], 0, 3],
];

describe.each(spectra)("a %s with the Hessian's eigenvalues %j", (kind, spectrum, index, nullity) => {
  const a = tensor(matrixWithSpectrum(spectrum, 5), { dtype: "f64" });
  const origin = doubles(spectrum.map(() => 0));

  it("is known from the whole Hessian", () => {
    const point = criticalPoint(quadratic)(origin, a);
    expect(point).toMatchObject({ kind, index, indexIs: "exact", nullity, gradientNorm: 0, method: "dense" });
    expect([point.smallestEigenvalue, point.largestEigenvalue]).toBeAllClose([spectrum[0]!, spectrum[spectrum.length - 1]!], { relative: 1e-10, absolute: 1e-12 });
  });

  it("is known from products alone", () => {
    expect(criticalPoint(quadratic, { denseUpTo: 0 })(origin, a)).toMatchObject({ kind, index, indexIs: "exact", nullity: undefined, method: "lanczos" });
  });

  it("is known in f32", () => {
    expect(criticalPoint(quadratic)(tensor(spectrum.map(() => 0)), tensor(matrixWithSpectrum(spectrum, 5)))).toMatchObject({ kind, index, nullity });
  });
});

describe("criticalPoint", () => {
  it("counts the negative eigenvalues of a large Hessian as far as it is asked to", () => {
    const curvatures = Array.from({ length: 400 }, (_, index) => (index < 4 ? -1 - index : index === 399 ? 2 : index / 400));
    const loss = (x: Tensor): Tensor => x.mul(x).mul(doubles(curvatures)).sum();
    const origin = doubles(curvatures.map(() => 0));
    expect(criticalPoint(loss)(origin)).toMatchObject({ kind: "saddle", index: 4, indexIs: "exact", method: "lanczos" });
    const { index, indexIs, message } = criticalPoint(loss, { countUpTo: 3 })(origin);
    expect([index, indexIs]).toEqual([3, "at-least"]);
    expect(message).toMatch(/^a saddle point of index at least 3: the Hessian's eigenvalues lie between -8 and 4/);
    expect(criticalPoint((x: Tensor) => loss(x).neg().sub(x.mul(x).sum().mul(9)))(origin)).toMatchObject({ kind: "maximum", index: 400, indexIs: "exact" });
  });

  it("knows the origin of deep linear networks: a saddle with two weights, degenerate with three (Saxe et al. 2013)", () => {
    const chain = (weights: readonly Tensor[]): Tensor => weights.reduce((product, weight) => product.mul(weight)).sub(1).pow(2).mul(0.5);
    const origin = (depth: number): Tensor[] => Array.from({ length: depth }, () => tensor(0, { dtype: "f64" }));
    expect(criticalPoint(chain)(origin(2))).toMatchObject({ kind: "saddle", index: 1 });
    expect(criticalPoint(chain)(origin(3))).toMatchObject({ kind: "degenerate", index: 0, nullity: 3 });
  });

  it("cannot tell a monkey saddle by second derivatives, and says so", () => {
    const monkey = ({ x, y }: { x: Tensor; y: Tensor }): Tensor => x.pow(3).sub(x.mul(y).mul(y).mul(3));
    const { kind, message } = criticalPoint(monkey)({ x: tensor(0, { dtype: "f64" }), y: tensor(0, { dtype: "f64" }) });
    expect(kind).toBe("degenerate");
    expect(message).toBe("degenerate: the Hessian's eigenvalues lie between 0 and 0, and 2 of them count as zero, so second derivatives cannot tell a minimum from a saddle.");
  });

  it("is not deceived by a slope", () => {
    const loss = (x: Tensor): Tensor => x.mul(x).mul(doubles([1, -1])).sum();
    const { kind, gradientNorm, index } = criticalPoint(loss)(doubles([3, 4]));
    expect([kind, gradientNorm, index]).toEqual(["not-critical", 10, 1]);
    expect(criticalPoint(loss, { gradientTolerance: 10 })(doubles([3, 4])).kind).toBe("saddle");
    // Without the Hessian, nobody counts at a point that is not critical.
    expect(criticalPoint(loss, { denseUpTo: 0 })(doubles([3, 4]))).toMatchObject({ kind: "not-critical", index: 1, indexIs: "at-least" });
  });

  it("says that it does not know where numbers are none", () => {
    const loss = (x: Tensor): Tensor => log(x).sum();
    expect(criticalPoint(loss)(doubles([-1]))).toMatchObject({ kind: "not-critical", gradientNorm: 1 });
    const broken = (x: Tensor): Tensor => x.mul(Number.NaN).mul(x).sum();
    expect(criticalPoint(broken)(doubles([1]))).toMatchObject({ kind: "unknown", message: "unknown: the Hessian holds infinite or NaN elements." });
    expect(criticalPoint(broken, { denseUpTo: 0 })(doubles([1])).kind).toBe("unknown");
  });

  it("names mistakes", () => {
    const bowl = (x: Tensor): Tensor => x.mul(x).sum();
    expect(complaint(() => criticalPoint(bowl, { zeroTolerance: 0 }))).toMatchInlineSnapshot(`"option: criticalPoint({ zeroTolerance }): must be in (0, 1); got 0."`);
    expect(complaint(() => criticalPoint(bowl, { gradientTolerance: -1 }))).toMatchInlineSnapshot(`"option: criticalPoint({ gradientTolerance }): must be a number ≥ 0; got -1."`);
    expect(complaint(() => criticalPoint(bowl, { denseUpTo: 1.5 }))).toMatchInlineSnapshot(`"option: criticalPoint({ denseUpTo }): must be an integer ≥ 0; got 1.5."`);
    expect(complaint(() => criticalPoint(bowl, { countUpTo: 0 }))).toMatchInlineSnapshot(`"option: criticalPoint({ countUpTo }): must be an integer ≥ 1; got 0."`);
    expect(complaint(() => criticalPoint(undefined as never))).toMatchInlineSnapshot(`"option: criticalPoint(loss): must be a function (params, ...rest) => tensor; got undefined."`);
  });
});
