import type { Tensor } from "@opt/core";
import { cos, exp, key, randomNormal, tensor } from "@opt/core";
import { adam, sgd } from "@opt/first-order";
import { minimize } from "@opt/second-order";
import { matchers } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { Loss, Solve } from "../../src/index.ts";
import { continuation, continuationStages, coordinateDescent, homotopy, homotopyStages, solveWith } from "../../src/index.ts";
import { rugged, ruggedSmoothed } from "./rugged.ts";

expect.extend(matchers);

const f64 = { dtype: "f64" } as const;
const sigmas = [1.2, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0];
const start = tensor([5, -4, 3.3, -2.4], f64);
const descend = solveWith({ optimizer: sgd({ learningRate: 0.01 }), steps: 300 });

const solvers: Readonly<Record<string, Solve<Tensor>>> = {
  "gradient descent": descend,
  minimize: (loss, params) => minimize(loss, params, { method: "bfgs" }).x,
  "coordinate descent": (loss, params) => coordinateDescent(loss, params, { step: "exact" }).x,
  fit: async (loss, params) => (await fit({ loss: (x: Tensor, _batch: Tensor) => loss(x), params, optimizer: adam({ learningRate: 0.02 }), batches: () => [tensor([0])], epochs: 200 })).params,
};

describe("a rugged bowl", () => {
  it("traps plain descent", () => {
    const params = descend(rugged, start);
    for (const value of params.readSync()) expect(Math.abs(value)).toBeGreaterThan(1);
  });

  it.each(Object.entries(solvers))("is solved by continuation in closed form, with %s inside", async (_name, solve) => {
    const { params, status, stages, message } = await continuation({ smoothed: ruggedSmoothed, sigmas, solve, params: start });
    expect({ status, message }).toEqual({ status: "completed", message: "completed 9 stages." });
    expect(stages.map(({ t }) => t)).toEqual(sigmas);
    expect(params).toBeAllClose([0, 0, 0, 0], { absolute: 1e-3 });
  });

  it("is solved by continuation with Monte-Carlo", async () => {
    const solve = solveWith({ optimizer: sgd({ learningRate: 0.05 }), steps: 100 });
    // So many draws that their own ripples are lower than those of the loss.
    const { params } = await continuation({ loss: rugged, sigmas: [1, 0.6, 0.4, 0.2, 0], samples: 64, antithetic: true, key: key(1), solve, params: start });
    expect(params).toBeAllClose([0, 0, 0, 0], { absolute: 1e-3 });
  });

  it("is solved on minibatches, by fit", async () => {
    type Batch = Tensor;
    // Ripples around each example's own center; the deep minimum is near the mean of the centers.
    const loss: Loss<Tensor, [Batch]> = (x, centers) => x.sub(centers).pow(2).mul(0.5).sub(cos(x.sub(centers).mul(4))).mean();
    const centers = randomNormal(key(5), [32], { standardDeviation: 0.05 });
    const batches = (epoch: number): Tensor[] => [centers.mul(epoch % 2 === 0 ? 1 : -1)];
    const solve: Solve<Tensor, [Batch]> = async (stageLoss, params) => (await fit({ loss: stageLoss, params, optimizer: sgd({ learningRate: 0.05 }), batches, epochs: 100 })).params;
    const plain = await solve(loss, tensor(5));
    expect(plain.item()).toBeGreaterThan(2);
    const { params } = await continuation({ loss, sigmas: [1, 0.5, 0.25, 0], samples: 16, antithetic: true, key: key(6), solve, params: tensor(5) });
    expect(Math.abs(params.item())).toBeLessThan(0.1);
  });
});

describe("where blur does not lead to the deepest minimum", () => {
  /** Two wells: a wide one at −2, and a narrow one at 2 that is deeper. Blurred by σ, a well of width s has width √(s² + σ²) and loses depth by as much. */
  const well = (x: Tensor, center: number, width: number, deep: number, sigma: number): Tensor => {
    const spread = width ** 2 + sigma ** 2;
    return exp(x.sub(center).pow(2).mul(-1 / (2 * spread))).mul((-deep * width) / Math.sqrt(spread)).sum();
  };
  const smoothed = (sigma: number): Loss<Tensor> => (x) => well(x, -2, 1, 1, sigma).add(well(x, 2, 0.1, 3, sigma));

  it("it ends in the wide well, and misses the deeper one", async () => {
    const { params } = await continuation({ smoothed, sigmas: [3, 2, 1, 0.5, 0.2, 0], solve: (loss, x) => minimize(loss, x, { method: "bfgs" }).x, params: tensor(1, f64) });
    expect(params.item()).toBeCloseTo(-2, 3);
    expect(smoothed(0)(params).item()).toBeGreaterThan(smoothed(0)(tensor(2, f64)).item() + 1);
  });
});

describe("the path", () => {
  it("may be a schedule of the stage, and each stage begins where the one before ended", async () => {
    const begun: number[] = [];
    const solve: Solve<Tensor> = (_loss, x) => {
      begun.push(x.item());
      return x.add(1);
    };
    const { stages, params } = await continuation({ loss: rugged, key: key(1), sigmas: (stage) => 2 ** -stage, stages: 3, solve, params: tensor(0, f64) });
    expect(stages.map(({ stage, t, params: reached }) => [stage, t, reached.item()])).toEqual([[0, 1, 1], [1, 0.5, 2], [2, 0.25, 3]]);
    expect(begun).toEqual([0, 1, 2]);
    expect(params.item()).toBe(3);
  });

  it("can be watched, and left early", async () => {
    const seen: number[] = [];
    for await (const { t } of continuationStages({ smoothed: ruggedSmoothed, sigmas, solve: descend, params: start })) {
      seen.push(t);
      if (t < 1) break;
    }
    expect(seen).toEqual([1.2, 0.8]);
  });

  it("ends when the signal aborts, and where a stage leaves the numbers, with the last good point", async () => {
    const controller = new AbortController();
    const abortAfterOne: Solve<Tensor> = (_loss, x) => {
      controller.abort();
      return x.add(1);
    };
    const aborted = await continuation({ smoothed: ruggedSmoothed, sigmas, solve: abortAfterOne, params: tensor(0, f64), signal: controller.signal });
    expect(aborted).toMatchObject({ status: "aborted", message: "aborted by the signal before stage 1." });
    expect(aborted.params.item()).toBe(1);
    const broken = await continuation({ smoothed: ruggedSmoothed, sigmas: [1, 0.5, 0], solve: (_loss, x) => (x.item() > 0 ? x.div(0) : x.add(1)), params: tensor(0, f64) });
    expect(broken).toMatchObject({
      status: "non-finite",
      message: "stage 1 (0.5) led to parameters that are infinite or NaN; the result is that of the stage before. Use smaller steps in the solver, or a path with more stages.",
    });
    expect(broken.params.item()).toBe(1);
    expect(broken.stages).toHaveLength(1);
  });
});

describe("homotopy", () => {
  /** Two minima, the deeper one at the left. */
  const meant = (x: Tensor): Tensor => x.pow(4).mul(0.25).sub(x.pow(2).mul(2)).add(x.mul(0.5)).sum();
  const family = (t: number): Loss<Tensor> => (x) => meant(x).mul(t).add(x.add(3).pow(2).sum().mul(1 - t));

  it("follows the minimum of an easy loss to a deep one of the loss that is meant", async () => {
    const solve: Solve<Tensor> = (loss, x) => minimize(loss, x, { method: "bfgs", tolerance: 1e-10 }).x;
    const { params, stages } = await homotopy({ family, solve, params: tensor(1.5, f64) });
    expect(stages.map(({ t }) => t)).toEqual(Array.from({ length: 11 }, (_, index) => index / 10));
    expect(stages[0]?.params.item()).toBeCloseTo(-3, 8);
    const direct = await solve(meant, tensor(1.5, f64));
    // Both are roots of the derivative, x³ − 4x + ½.
    for (const x of [params.item(), direct.item()]) expect(x ** 3 - 4 * x + 0.5).toBeCloseTo(0, 7);
    expect([Math.sign(params.item()), Math.sign(direct.item())]).toEqual([-1, 1]);
    expect(meant(params).item()).toBeLessThan(meant(direct).item());
  });

  it("gives its stages one by one, each a copy of its own", async () => {
    const stages = homotopyStages({ family, path: [0, 1], solve: (_loss, x) => x.add(1), params: tensor(0, f64) });
    const first = await stages.next();
    await stages.next();
    const end = await stages.next();
    expect(first.value).toMatchObject({ stage: 0, t: 0 });
    expect(first.value.params.item()).toBe(1);
    expect(end).toMatchObject({ done: true, value: { status: "completed", message: "completed 2 stages." } });
  });
});
