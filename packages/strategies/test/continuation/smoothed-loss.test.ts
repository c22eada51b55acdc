import type { Tensor } from "@opt/core";
import { compile, foldIn, grad, hessian, key, tensor, valueAndGrad } from "@opt/core";
import { adam } from "@opt/first-order";
import { checkGradients, matchers } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { Loss } from "../../src/index.ts";
import { smoothedLoss } from "../../src/index.ts";
import { rugged, ruggedSmoothed } from "./rugged.ts";

expect.extend(matchers);

const f64 = { dtype: "f64" } as const;
const point = tensor([0.3, -1.2, 2], f64);

/** The mean over many keys and its standard error, for the value and each component of the gradient. */
function manyKeys(loss: Loss<Tensor>, options: { readonly sigma: number; readonly samples: number; readonly antithetic?: boolean }): { mean: number; error: number }[] {
  const keys = 400;
  const draw = compile((x: Tensor, first: number, second: number) =>
    valueAndGrad((traced: Tensor) => smoothedLoss(loss, { ...options, key: foldIn([first, second], 7) })(traced))(x), { donate: [] });
  const rows = Array.from({ length: keys }, (_, seed) => {
    const [value, gradient] = draw(point, ...key(seed));
    return [value.item(), ...gradient.readSync()];
  });
  return (rows[0] ?? []).map((_value, column) => {
    const values = rows.map((row) => row[column] ?? Number.NaN);
    const mean = values.reduce((total, value) => total + value, 0) / keys;
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (keys - 1);
    return { mean, error: Math.sqrt(variance / keys) };
  });
}

describe("Monte-Carlo against the closed form", () => {
  it.each([
    { sigma: 0.1, samples: 16 }, { sigma: 0.4, samples: 16 }, { sigma: 1, samples: 16 }, { sigma: 0.4, samples: 1 }, { sigma: 0.4, samples: 16, antithetic: true },
  ])("agrees within 4 standard errors, value and gradient: %o", (options) => {
    const exact = ruggedSmoothed(options.sigma);
    const expected = [exact(point).item(), ...grad((x: Tensor) => exact(x))(point).readSync()];
    manyKeys(rugged, options).forEach(({ mean, error }, index) => {
      expect(error).toBeGreaterThan(0);
      expect(Math.abs(mean - (expected[index] ?? Number.NaN))).toBeLessThan(4 * error);
    });
  });

  it("has an error that falls as 1/√samples, and less of it with both signs of each draw", () => {
    const errorOf = (samples: number, antithetic: boolean): number => manyKeys(rugged, { sigma: 0.3, samples, antithetic })[0]?.error ?? Number.NaN;
    const [few, many] = [errorOf(4, false), errorOf(64, false)];
    // 400 keys tell a standard deviation to 1/√800 = 3.5 %; the ratio of two to 5 %.
    expect(Math.abs(few / many / 4 - 1)).toBeLessThan(4 * 0.05);
    expect(errorOf(64, true)).toBeLessThan(many);
    // Odd terms cancel: a linear loss is not blurred at all.
    const line = smoothedLoss((x: Tensor) => x.sum(), { sigma: 5, samples: 2, antithetic: true, key: key(1) });
    expect(line(point).item()).toBeCloseTo(1.1, 12);
  });
});

describe("common random numbers", () => {
  it("are the same at every call for a key, and others for another", () => {
    const at = (seed: number): number => smoothedLoss(rugged, { sigma: 0.5, samples: 4, key: key(seed) })(point).item();
    expect(at(1)).toBe(at(1));
    expect(at(1)).not.toBe(at(2));
  });

  it("move along a line with σ", () => {
    const shift = (sigma: number): number => smoothedLoss((x: Tensor) => x.sum(), { sigma, samples: 3, key: key(4) })(point).item() - 1.1;
    expect(shift(2)).toBeCloseTo(2 * shift(1), 12);
    expect(shift(0)).toBeCloseTo(0, 12);
  });

  it("make an ordinary loss, with exact derivatives", () => {
    const loss = smoothedLoss(({ a, b }: { a: Tensor; b: Tensor }) => rugged(a.mul(b)), { sigma: 0.2, samples: 3, key: key(2) });
    checkGradients((params) => loss({ a: params["a"] ?? point, b: params["b"] ?? point }), { a: point, b: tensor(0.7, f64) });
  });

  it("are drawn for each tensor and each draw anew", () => {
    // With a = b = 0: E ab = 0 and E a²b² = σ⁴; equal draws would give σ² and 3σ⁴.
    const zero = { a: tensor([0], f64), b: tensor([0], f64) };
    const products = Array.from({ length: 400 }, (_, seed) => smoothedLoss(({ a, b }: typeof zero) => a.mul(b).sum(), { sigma: 1, samples: 1, key: key(seed) })(zero).item());
    const mean = products.reduce((total, value) => total + value, 0) / products.length;
    const square = products.reduce((total, value) => total + value * value, 0) / products.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(400));
    // The variance of a²b² is 9 − 1.
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(8 / 400));
  });
});

describe("the blurred loss", () => {
  it("is the loss itself for σ = 0, without a key", () => {
    expect(smoothedLoss(rugged, { sigma: 0 })).toBe(rugged);
  });

  it("is no more convex than before where curvature is negative everywhere: −θᵀθ keeps its −2", () => {
    const cap = (x: Tensor): Tensor => x.pow(2).sum().neg();
    for (const sigma of [0.1, 1, 100]) {
      expect(hessian(smoothedLoss(cap, { sigma, key: key(1) }))(point)).toBeAllClose([[-2, 0, 0], [0, -2, 0], [0, 0, -2]], { absolute: 1e-10 });
    }
  });

  it("passes further arguments on, keeps f32, and takes fresh draws in each step of fit", async () => {
    const loss = (x: Tensor, target: Tensor): Tensor => x.sub(target).pow(2).sum();
    const still = await fit({ loss: smoothedLoss(loss, { sigma: 1, samples: 8, key: key(1) }), params: tensor([0]), optimizer: adam({ learningRate: 0 }), batches: () => [tensor([3]), tensor([3])], epochs: 2 });
    expect(new Set(still.history.steps).size).toBe(1);
    // E (θ′ − 3)² = 9 + σ².
    expect(Math.abs((still.history.steps[0] ?? 0) - 10)).toBeLessThan(4 * Math.sqrt((4 * 9 + 2) / 8));
    const fresh = await fit({
      loss: (x: Tensor, target: Tensor, context) => smoothedLoss(loss, { sigma: 1, samples: 8, key: context.key })(x, target),
      params: tensor([0]), optimizer: adam({ learningRate: 0 }), batches: () => [tensor([3]), tensor([3])], epochs: 2, key: key(1),
    });
    expect(new Set(fresh.history.steps).size).toBe(4);
    expect(fresh.params.dtype).toBe("f32");
  });
});
