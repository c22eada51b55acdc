import type { NestedNumbers, Tensor } from "@opt/core";
import { tanh, tensor, zeros } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { Tap } from "../src/index.ts";
import { criticalPoint, gradientCurvature, gradientNoise, hessianEigenvalues, hessianTrace, layerReport, lossAlongLine, matrixPowers, spectralRadius } from "../src/index.ts";
import { allExamples, batchesOf, golden, goldenFile, loss, other, params, tappedLoss } from "./golden.ts";

expect.extend(matchers);

const exact = { relative: 1e-10, absolute: 1e-12 };

describe("a small network, as PyTorch has it", () => {
  const { eigenvalues } = golden;
  const count = eigenvalues.length;

  it("curvature along the gradient and the measured step", () => {
    const report = gradientCurvature(loss, { learningRate: golden.curvature.learningRate })(params, allExamples);
    for (const name of ["loss", "squaredGradientNorm", "curvature", "measuredChange"] as const) {
      expect(report[name], name).toBeAllClose(golden.curvature[name], exact);
    }
    const { learningRate, curvature, squaredGradientNorm } = golden.curvature;
    expect(report.predictedChange).toBeAllClose(0.5 * learningRate ** 2 * curvature - learningRate * squaredGradientNorm, exact);
    expect(report.largestUsefulStep).toBeAllClose(squaredGradientNorm / curvature, exact);
  });

  it("the five largest and smallest eigenvalues of the Hessian", () => {
    const found = hessianEigenvalues(loss, { largest: 5, smallest: 5, basisSize: 24 })(params, allExamples);
    expect(found.status, found.message).toBe("converged");
    expect(found.smallest.map(({ value }) => value)).toBeAllClose(eigenvalues.slice(0, 5), { relative: 0, absolute: 1e-10 });
    expect(found.largest.map(({ value }) => value)).toBeAllClose(eigenvalues.slice(-5).reverse(), { relative: 0, absolute: 1e-10 });
  });

  it("the Hessian's trace, within four standard errors", () => {
    const { trace, standardError } = hessianTrace(loss, { samples: 400 })(params, allExamples);
    expect(Math.abs(trace - golden.trace)).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.2 * Math.abs(golden.trace));
  });

  it("the signature of the Hessian, formed and by products", () => {
    const negative = eigenvalues.filter((value) => value < -1e-8 * eigenvalues[count - 1]!).length;
    const dense = criticalPoint(loss)(params, allExamples);
    expect(dense).toMatchObject({ kind: "not-critical", index: negative, indexIs: "exact", method: "dense" });
    expect(dense.smallestEigenvalue).toBeAllClose(eigenvalues[0]!, exact);
    const { index, indexIs, method, largestEigenvalue } = criticalPoint(loss, { denseUpTo: 0, countUpTo: count, gradientTolerance: 10 })(params, allExamples);
    expect({ index, indexIs, method }).toEqual({ index: negative, indexIs: "exact", method: "lanczos" });
    expect(largestEigenvalue).toBeAllClose(eigenvalues[count - 1]!, exact);
  });

  it("standard error and noise scale from single examples", () => {
    const noise = gradientNoise(loss)(params, batchesOf(1));
    for (const name of ["variance", "gradientNorm", "standardError", "noiseScale"] as const) {
      expect(noise[name], name).toBeAllClose(golden.noise[name], exact);
    }
    expect(noise).toMatchObject({ examples: 12, batches: 12, status: "measured" });
  });

  it("ranges of activations and gradients in each layer", () => {
    const report = layerReport(tappedLoss)(params, allExamples);
    expect(report.loss).toBeAllClose(golden.curvature.loss, exact);
    expect(report.layers.map(({ name }) => name)).toEqual(["hidden[0]", "hidden[1]"]);
    report.layers.forEach(({ activation, gradient, saturated }, index) => {
      const expected = golden.layers[index]!;
      for (const name of ["mean", "standardDeviation", "minimum", "maximum", "norm"] as const) {
        expect(activation[name], name).toBeAllClose(expected.activation[name], exact);
        expect(gradient[name], name).toBeAllClose(expected.gradient[name], exact);
      }
      expect(saturated).toBeCloseTo(expected.saturated, 6);
    });
    const squares = report.parameters.map(({ norm }) => norm ** 2);
    expect(squares.reduce((left, right) => left + right)).toBeAllClose(golden.curvature.squaredGradientNorm, exact);
  });

  it("losses along a line", () => {
    const { positions, losses } = lossAlongLine(loss, { start: -0.5, end: 1.5, count: 21 })(params, other, allExamples);
    expect(positions).toBeAllClose(golden.line.positions, exact);
    expect(losses).toBeAllClose(golden.line.losses, exact);
  });
});

describe("a recurrent network, as PyTorch has it", () => {
  const recurrent = goldenFile<{ weight: NestedNumbers; inputs: readonly NestedNumbers[]; gradientNorms: readonly number[] }>("recurrent");

  it("the norms of the gradient through time", () => {
    const inputs = recurrent.inputs.map((step) => tensor(step, { dtype: "f64" }));
    const unrolled = (weight: Tensor, steps: readonly Tensor[], tap: Tap): Tensor => {
      const last = steps.reduce((state, step) => tap("state", tanh(state.matmul(weight).add(step))), zeros([3, 4], { dtype: "f64" }));
      return last.pow(2).sum();
    };
    const { layers, backward } = layerReport(unrolled)(tensor(recurrent.weight, { dtype: "f64" }), inputs);
    const norms = layers.map(({ gradient }) => gradient.norm);
    expect(norms).toBeAllClose(recurrent.gradientNorms, exact);
    expect(backward?.total).toBeAllClose(norms[0]! / norms[9]!, exact);
  });
});

interface MatrixCase {
  readonly name: string;
  readonly matrix: NestedNumbers;
  readonly radius: number;
  readonly eigenvalues: readonly (readonly [number, number])[];
  readonly norms: readonly number[];
}

describe.each(goldenFile<{ cases: readonly MatrixCase[] }>("matrices").cases)("the matrix $name, as NumPy has it", ({ matrix, radius, eigenvalues, norms }) => {
  const weight = tensor(matrix, { dtype: "f64" });

  it("the dominant eigenvalue", () => {
    const found = spectralRadius(weight, { maxSteps: 5000, tolerance: 1e-12 });
    expect(found.status, found.message).toBe("converged");
    expect(found.radius).toBeAllClose(radius, exact);
    const { real, imaginary } = found.eigenvalue!;
    const distance = Math.min(...eigenvalues.map(([otherReal, otherImaginary]) => Math.hypot(real - otherReal, imaginary - otherImaginary)));
    expect(distance).toBeLessThan(1e-9);
  });

  it("the norms of its powers", () => {
    expect(matrixPowers(weight, { steps: 30 }).norms).toBeAllClose(norms, exact);
  });
});
