import type { Tensor } from "@opt/core";
import { tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { growth, matrixPowers, spectralRadius } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { matrixWithSpectrum } from "./spectra.ts";

expect.extend(matchers);

const square = (rows: readonly (readonly number[])[]): Tensor => tensor(rows, { dtype: "f64" });

describe("growth", () => {
  const powers = (factor: number, steps: number): number[] => Array.from({ length: steps + 1 }, (_, step) => 7 * factor ** step);

  it("has the factor of a geometric sequence, and judges the whole way", () => {
    expect(growth(powers(0.5, 10)).factor).toBeAllClose(0.5, { relative: 1e-12 });
    expect(growth(powers(0.5, 10)).total).toBeAllClose(2 ** -10, { relative: 1e-12 });
    expect([0.5, 0.9, 1, 1.2, 2].map((factor) => growth(powers(factor, 10)).verdict)).toEqual(["vanishing", "stable", "stable", "stable", "exploding"]);
    expect(growth(powers(0.9, 10), { threshold: 2 }).verdict).toBe("vanishing");
    expect(growth([1, 2]).message).toBe("stable: the norm changes by a factor of 2 a step, 2 over 1 step.");
  });

  it("knows zeros and numbers that are none", () => {
    expect(growth([1, 0.1, 0])).toMatchObject({ verdict: "vanishing", factor: 0, total: 0 });
    expect(growth([0, 0, 0]).verdict).toBe("zero");
    expect(growth([0, 1])).toMatchObject({ verdict: "exploding", total: Infinity });
    expect(growth([1, Number.NaN]).verdict).toBe("non-finite");
    expect(growth([Infinity, 1]).verdict).toBe("non-finite");
    expect(growth([1, 10, Infinity]).verdict).toBe("exploding");
  });

  it("names mistakes", () => {
    expect(complaint(() => growth([1]))).toMatchInlineSnapshot(`"data: growth(norms): needs two or more norms; got [1]."`);
    expect(complaint(() => growth([1, -1]))).toMatchInlineSnapshot(`"data: growth(norms): norms are numbers ≥ 0; got [1, -1]."`);
    expect(complaint(() => growth([1, 2], { threshold: 1 }))).toMatchInlineSnapshot(`"option: growth({ threshold }): must be a number > 1; got 1."`);
  });
});

describe("spectralRadius", () => {
  it.each([[0.7, 0.95], [2.8, 1], [Math.PI / 2, 1.3]])("finds the pair of a turn by %f scaled by %f", (angle, radius) => {
    const found = spectralRadius(square([[Math.cos(angle), -Math.sin(angle)], [Math.sin(angle), Math.cos(angle)]].map((row) => row.map((each) => radius * each))));
    expect(found.status).toBe("converged");
    expect(found.radius).toBeAllClose(radius, { relative: 1e-12 });
    expect([found.eigenvalue!.real, found.eigenvalue!.imaginary]).toBeAllClose([radius * Math.cos(angle), radius * Math.sin(angle)], { relative: 0, absolute: 1e-12 });
  });

  it("finds real eigenvalues of known spectra to 1e-10", () => {
    expect(spectralRadius(square(matrixWithSpectrum([-3, 1, 2, 0.5], 1)))).toMatchObject({ status: "converged", eigenvalue: { real: expect.closeTo(-3, 10) as number, imaginary: 0 } });
    expect(spectralRadius(square(matrixWithSpectrum([-2, 2, 1], 1))).eigenvalue).toEqual({ real: expect.closeTo(2, 10) as number, imaginary: 0 });
    expect(spectralRadius(square(matrixWithSpectrum([0.5, 0.5, 0.5], 1)))).toMatchObject({ status: "converged", radius: expect.closeTo(0.5, 10) as number, eigenvalue: { imaginary: 0 } });
    expect(spectralRadius(square([[-4]]))).toMatchObject({ radius: 4, eigenvalue: { real: -4, imaginary: 0 }, residual: 0, status: "converged" });
  });

  it("knows matrices that kill everything", () => {
    expect(spectralRadius(square([[0, 0], [0, 0]]))).toMatchObject({ radius: 0, status: "converged" });
    const nilpotent = spectralRadius(square([[0, 1, 2, 3], [0, 0, 4, 5], [0, 0, 0, 6], [0, 0, 0, 0]]));
    expect(nilpotent.status).toBe("converged");
    expect(nilpotent.radius).toBeLessThan(1e-9);
  });

  it("admits that it did not settle among three eigenvalues of one size, with the growth it saw", () => {
    const found = spectralRadius(square([[0, 1, 0], [0, 0, 1], [1, 0, 0]]), { maxSteps: 300 });
    expect(found).toMatchObject({ status: "max-steps", eigenvalue: undefined, steps: 300 });
    expect(found.radius).toBeAllClose(1, { relative: 1e-12 });
    expect(found.residual).toBeGreaterThan(0.1);
    expect(found.message).toBe("not settled after 300 steps: several eigenvalues have about the same size. The radius 1 is the mean growth over the last half of them. Raise maxSteps.");
  });

  it("reads f32 weights, and says when numbers are none", () => {
    expect(spectralRadius(tensor([[2, 0], [0, 1]])).radius).toBeAllClose(2, { relative: 1e-10 });
    expect(spectralRadius(square([[Number.NaN, 0], [0, 1]]))).toMatchObject({ status: "non-finite", radius: NaN });
  });

  it("names mistakes", () => {
    expect(complaint(() => spectralRadius(tensor([[1, 2]])))).toMatchInlineSnapshot(`"shape: spectralRadius(weight): must be a square matrix [n, n]; got Tensor(f32[1, 2])."`);
    expect(complaint(() => spectralRadius(3 as never))).toMatchInlineSnapshot(`"tree: spectralRadius(weight): must be a tensor; got 3."`);
    expect(complaint(() => spectralRadius(tensor([[1]]), { tolerance: 0 }))).toMatchInlineSnapshot(`"option: spectralRadius({ tolerance }): must be a number > 0; got 0."`);
    expect(complaint(() => spectralRadius(tensor([[1]]), { maxSteps: 0 }))).toMatchInlineSnapshot(`"option: spectralRadius({ maxSteps }): must be an integer ≥ 1; got 0."`);
  });
});

describe("matrixPowers", () => {
  it("keeps every norm at 1 for an orthogonal matrix", () => {
    const { norms, growth: change, spectralRadius: dominant } = matrixPowers(square([[0.6, -0.8], [0.8, 0.6]]), { steps: 200 });
    expect(norms).toHaveLength(201);
    expect(norms).toBeAllClose(1, { relative: 1e-12 });
    expect(change.verdict).toBe("stable");
    expect(dominant.radius).toBeAllClose(1, { relative: 1e-12 });
  });

  it("shows growth before decay where a matrix is not normal", () => {
    const { norms, spectralRadius: dominant } = matrixPowers(square([[0.9, 10], [0, 0.8]]), { steps: 200 });
    expect(dominant.radius).toBeAllClose(0.9, { relative: 1e-9 });
    expect(Math.max(...norms)).toBeGreaterThan(10);
    expect(norms[200]).toBeLessThan(1e-6);
    // In the long run the dominant eigenvalue rules.
    expect(norms[200]! / norms[199]!).toBeAllClose(0.9, { relative: 1e-6 });
  });

  it("neither overflows nor vanishes on the way", () => {
    const { norms, growth: change } = matrixPowers(square([[1e-100, 0], [0, 1e-100]]), { steps: 2 });
    expect(norms[2]).toBeAllClose(1e-200, { relative: 1e-12, absolute: 0 });
    expect(change.verdict).toBe("vanishing");
    const grown = matrixPowers(square([[3, 0], [0, 3]]), { steps: 1000 });
    expect(grown.norms[600]).toBeAllClose(3 ** 600, { relative: 1e-10 });
    expect(grown.norms[1000]).toBe(Infinity);
    expect(grown.growth.verdict).toBe("exploding");
    expect(grown.spectralRadius.radius).toBeAllClose(3, { relative: 1e-12 });
    expect(matrixPowers(square([[0, 1], [0, 0]]), { steps: 4 }).norms).toBeAllClose([1, Math.SQRT1_2, 0, 0, 0], { relative: 1e-12 });
  });

  it("names mistakes", () => {
    expect(complaint(() => matrixPowers(tensor([1, 2])))).toMatchInlineSnapshot(`"shape: matrixPowers(weight): must be a square matrix [n, n]; got Tensor(f32[2])."`);
    expect(complaint(() => matrixPowers(tensor([[1]]), { steps: 0 }))).toMatchInlineSnapshot(`"option: matrixPowers({ steps }): must be an integer ≥ 1; got 0."`);
  });
});
