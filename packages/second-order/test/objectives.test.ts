import type { Tensor } from "@opt/core";
import { cast, matmul, tensor } from "@opt/core";
import { leastSquaresProblemNamed, matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { conjugateGradient, methodNames, minimize, newton, quadraticStep } from "../src/index.ts";
import type { PlainObjective } from "../src/index.ts";
import { matrixVector } from "../src/vectors.ts";

expect.extend(matchers);

/** A small regression over a nested tree: `‖X w + b − y‖²`, with two groups of parameters. */
type Regression = { readonly layers: readonly [{ readonly weight: Tensor }]; readonly bias: Tensor };

const inputs = [[1, 2], [3, 1], [0, 1], [2, 2]];
const targets = [[4], [6], [2], [5]];

function regression(params: Regression): Tensor {
  const dtype = params.bias.dtype === "f32" ? "f32" : "f64";
  const predicted = matmul(tensor(inputs, { dtype }), params.layers[0].weight).add(params.bias);
  return predicted.sub(tensor(targets, { dtype })).pow(2).sum();
}

function start(dtype: "f32" | "f64"): Regression {
  return { layers: [{ weight: tensor([[0.5], [-0.5]], { dtype }) }], bias: tensor(0, { dtype }) };
}

describe("a function of a tree of tensors", () => {
  for (const method of methodNames) {
    it(`is minimized by ${method}, in the form of x0`, () => {
      const x0 = start("f64");
      const { x, status, gradientNorm } = minimize(regression, x0, { method, tolerance: 1e-8 });
      expect(status).toBe("converged");
      expect(gradientNorm).toBeLessThanOrEqual(1e-8);
      expect(x.layers[0].weight.shape).toEqual([2, 1]);
      expect(x.bias.shape).toEqual([]);
      expect(x.bias.dtype).toBe("f64");
      const least = minimize(regression, x0, { method: "newton", tolerance: 1e-12 });
      expect(x.layers[0].weight).toBeAllClose(least.x.layers[0].weight, { relative: 1e-7 });
      expect(x0.layers[0].weight).toBeAllClose([[0.5], [-0.5]]);
    });
  }

  it("in f32 is minimized as far as f32 goes", () => {
    const { x, status } = minimize(regression, start("f32"));
    expect(status).toBe("converged");
    expect(x.layers[0].weight.dtype).toBe("f32");
    const double = minimize(regression, start("f64"));
    expect(x.layers[0].weight).toBeAllClose(double.x.layers[0].weight, { relative: 1e-3 });
  });

  it("in f32 ends stalled, not failed, where the tolerance is too fine", () => {
    const offset = (params: Regression): Tensor => regression(params).add(1000);
    for (const method of methodNames) expect(minimize(offset, start("f32"), { method, tolerance: 1e-12 }).status, method).toBe("stalled");
  });

  it("may mix f32 and f64", () => {
    const objective = ({ a, b }: { a: Tensor; b: Tensor }): Tensor => a.sub(1).pow(2).sum().add(cast(b.sub(0.1).pow(2).sum(), "f64"));
    const { x, status } = minimize(objective, { a: tensor([3], { dtype: "f64" }), b: tensor([1]) }, { method: "bfgs" });
    expect(status).toBe("converged");
    expect([x.a.dtype, x.b.dtype]).toEqual(["f64", "f32"]);
    expect(x.a).toBeAllClose([1], { relative: 1e-3 });
    expect(x.b).toBeAllClose([0.1], { relative: 1e-3 });
  });

  it("is traced once for each derivative, however many steps are taken", () => {
    let traces = 0;
    const counted = (x: Tensor): Tensor => {
      traces++;
      return leastSquaresProblemNamed("Rosenbrock").tensorValue(x);
    };
    const { evaluations } = minimize(counted, tensor([-1.2, 1], { dtype: "f64" }), { method: "lbfgs" });
    expect(evaluations.gradient).toBeGreaterThan(20);
    expect(traces).toBe(1);
  });
});

describe("plain callbacks", () => {
  const { value, gradient, hessian, start: x0 } = leastSquaresProblemNamed("Rosenbrock");

  it("without a gradient are differentiated by central differences, whose values are counted", () => {
    const exact = minimize({ value, gradient }, x0, { method: "bfgs" });
    const approximate = minimize({ value }, x0, { method: "bfgs" });
    expect(approximate.status).toBe("converged");
    expect(approximate.x).toBeAllClose([1, 1], { absolute: 1e-5 });
    expect(approximate.steps).toBe(exact.steps);
    expect(approximate.evaluations).toEqual({ value: 5 * exact.evaluations.value, gradient: 0, hessian: 0, hessianVector: 0 });
  });

  it("may return plain arrays, or the same buffer every time", () => {
    const buffer = new Float64Array(2);
    const reusing: PlainObjective = { value, gradient: (x) => {
      buffer.set(gradient(x));
      return buffer;
    } };
    const listing: PlainObjective = { value, gradient: (x) => Array.from(gradient(x)) };
    const expected = minimize({ value, gradient }, x0);
    expect(minimize(reusing, x0)).toEqual(expected);
    expect(minimize(listing, x0)).toEqual(expected);
  });

  it("may have Hessian-vector products, or a Hessian that stands in for them", () => {
    const method = { direction: conjugateGradient(), search: quadraticStep() };
    const matrix = Float64Array.of(3, 1, 1, 2);
    const quadratic: PlainObjective = { value: (x) => 0.5 * (x[0]! * (3 * x[0]! + 2 * x[1]!) + 2 * x[1]! ** 2), gradient: (x) => matrixVector(matrix, x) };
    const products = minimize({ ...quadratic, hessianVector: (_x, vector) => matrixVector(matrix, vector) }, [1, 2], { method });
    const matrices = minimize({ ...quadratic, hessian: () => matrix }, [1, 2], { method });
    expect(products).toMatchObject({ status: "converged", steps: 2, evaluations: { hessian: 0, hessianVector: 2 } });
    expect(matrices).toMatchObject({ status: "converged", steps: 2, evaluations: { hessian: 2, hessianVector: 0 } });
    expect(products.x).toEqual(matrices.x);
  });

  it("with a Hessian serve Newton's method", () => {
    expect(minimize({ value, gradient, hessian }, x0, { method: { direction: newton({ regularization: "automatic" }), search: quadraticStep() } }).evaluations.hessian).toBeGreaterThan(0);
  });
});
