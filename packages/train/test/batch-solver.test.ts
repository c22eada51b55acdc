import type { BatchSolver, Tensor } from "@opt/core";
import { key, randomNormal, tensor, treeDot, treeMap } from "@opt/core";
import { describe, expect, it } from "vitest";
import type { LossContext } from "../src/index.ts";
import { fit } from "../src/index.ts";
import type { LineBatch } from "./helpers.ts";
import { lineBatches } from "./helpers.ts";

type Line = { readonly slope: Tensor; readonly offset: Tensor };
type Counted = { readonly solved: number };

const lineLoss = (params: Line, batch: LineBatch): Tensor => batch.x.mul(params.slope).add(params.offset).sub(batch.y).pow(2).mean();
const line = (): Line => ({ slope: tensor(0), offset: tensor(0) });

/** Steepest descent with the exact step `gᵀg / gᵀHg`, as a stranger would write it, importing only the protocol. */
const exactDescent: BatchSolver<Counted> = {
  init: () => ({ solved: 0 }),
  solve(objective, { solved }, params) {
    const [value, gradient] = objective.valueAndGradient(params);
    const squared = treeDot(gradient, gradient).item();
    const loss = value.item();
    if (!Number.isFinite(loss) || !Number.isFinite(squared)) return { params, state: { solved }, value: Number.NaN, message: "not finite" };
    const step = squared === 0 ? 0 : squared / treeDot(gradient, objective.hessianVector(params, gradient)).item();
    const next = treeMap((param, slope) => param.sub(slope.mul(step)), params, gradient);
    const after = objective.value(next).item();
    return { params: next, state: { solved: solved + 1 }, value: loss, message: `fell by ${(loss - after).toExponential(1)}` };
  },
};

/** The same, later: as a backend without synchronous reads would have it. */
const slowDescent: BatchSolver<Counted> = {
  init: (params) => exactDescent.init(params),
  solve: async (objective, state, params) => {
    await Promise.resolve();
    return exactDescent.solve(objective, state, params);
  },
};

describe("fit with a solver of batches", () => {
  for (const [name, optimizer] of Object.entries({ exactDescent, slowDescent })) {
    it(`${name}: takes the solver's steps, and counts and reports them as an optimizer's`, async () => {
      const batches = lineBatches(key(1), 10, 32);
      const infos: { step: number; loss: number; message: string | undefined; solved: number }[] = [];
      const result = await fit({
        loss: lineLoss, params: line(), optimizer, batches: () => batches, epochs: 2, validation: () => batches,
        onStep: ({ step, loss, solverMessage, state }) => infos.push({ step, loss, message: solverMessage, solved: state.solved }),
      });
      expect(result).toMatchObject({ status: "completed", message: "completed 2 epochs, 20 steps.", steps: 20, state: { solved: 20 } });
      expect(result.params.slope.item()).toBeCloseTo(2, 3);
      expect(result.params.offset.item()).toBeCloseTo(-1, 3);
      expect(result.history.steps).toEqual(infos.map(({ loss }) => loss));
      expect(infos.map(({ step, solved }) => [step, solved])).toEqual(Array.from({ length: 20 }, (_, index) => [index + 1, index + 1]));
      expect(infos.every(({ message }) => message?.startsWith("fell by ") === true)).toBe(true);
      expect(result.history.epochs[1]?.validation?.["loss"]).toBeLessThan(1e-5);
    });
  }

  it("reports the loss before the step, where a quadratic's exact step is known by hand", async () => {
    // Error −3 at x = 1: g = (−6, −6), gᵀg / gᵀHg = 1/4, so that one step ends at slope = offset = 1.5.
    const batch = { x: tensor([1]), y: tensor([3]) };
    const { history, params } = await fit({ loss: lineLoss, params: line(), optimizer: exactDescent, batches: () => [batch], epochs: 1 });
    expect(history.steps).toEqual([9]);
    expect(params.slope.item()).toBeCloseTo(1.5, 6);
    expect(params.offset.item()).toBeCloseTo(1.5, 6);
  });

  it("compiles the loss once for each derivative, not for each batch", async () => {
    let traces = 0;
    const counted = (params: Line, batch: LineBatch): Tensor => {
      traces++;
      return lineLoss(params, batch);
    };
    const run = async (epochs: number): Promise<number> => {
      traces = 0;
      await fit({ loss: counted, params: line(), optimizer: exactDescent, batches: () => lineBatches(key(2), 5, 8), epochs });
      return traces;
    };
    expect(await run(4)).toBe(await run(1));
  });

  it("holds variables, step and key fast while a batch is solved, and moves them on between batches", async () => {
    const seen: number[] = [];
    const twice: BatchSolver<Counted> = {
      init: () => ({ solved: 0 }),
      solve: (objective, { solved }, params) => {
        const values = [objective.value(params).item(), objective.value(params).item()];
        seen.push(...values);
        return { params, state: { solved: solved + 1 }, value: values[0]!, message: "looked twice" };
      },
    };
    const loss = (params: { x: Tensor }, batch: Tensor, { variables, key: noise, step }: LossContext<{ count: Tensor }>): readonly [Tensor, { count: Tensor }] => [
      params.x.mul(batch).sum().add(randomNormal(noise, []).mul(0.1)).add(variables.count.mul(10)).add(tensor(100).mul(step)),
      { count: variables.count.add(1) },
    ];
    const options = { loss, params: { x: tensor([1]) }, optimizer: twice, variables: { count: tensor(0) }, key: key(3) };
    const { variables } = await fit({ ...options, batches: () => [tensor([1]), tensor([1]), tensor([1])], epochs: 1 });
    expect(variables.count.item()).toBe(3);
    expect([seen[0], seen[2], seen[4]]).toEqual([seen[1], seen[3], seen[5]]);
    expect(seen.map((value) => Math.round(value))).toEqual([1, 1, 111, 111, 221, 221]);
    // The noise is another one for each batch.
    expect(new Set(seen.map((value) => (value % 10).toFixed(4))).size).toBe(3);
  });

  it("leaves what it was given alone, and goes on as if it had never stopped", async () => {
    const params = line();
    const options = { loss: lineLoss, params, optimizer: exactDescent, batches: (epoch: number) => lineBatches(key(epoch), 2, 8) };
    const whole = await fit({ ...options, epochs: 4 });
    const half = await fit({ ...options, epochs: 2 });
    const rest = await fit({ ...options, params: half.params, state: half.state, epochs: 2, firstEpoch: 2, firstStep: half.steps });
    expect([...half.history.steps, ...rest.history.steps]).toEqual(whole.history.steps);
    expect(params.slope.item()).toBe(0);
  });

  for (const [name, optimizer] of Object.entries({ exactDescent, slowDescent })) {
    it(`${name}: ends with the last good parameters where the loss is not finite`, async () => {
      const [good] = lineBatches(key(4), 1, 8);
      const bad = { x: tensor([Number.NaN]), y: tensor([1]) };
      const result = await fit({ loss: lineLoss, params: line(), optimizer, batches: () => [good!, bad, good!], epochs: 1 });
      expect(result).toMatchObject({ status: "non-finite", steps: 1, state: { solved: 1 }, nonFinite: { step: 2, path: "batch.x" } });
      expect(Number.isFinite(result.params.slope.item())).toBe(true);
    });
  }

  it("ends between batches when the signal is aborted", async () => {
    const controller = new AbortController();
    const onStep = ({ step }: { step: number }): void => {
      if (step === 3) controller.abort();
    };
    const options = { loss: lineLoss, params: line(), optimizer: slowDescent, batches: () => lineBatches(key(5), 10, 8), epochs: 1 };
    expect(await fit({ ...options, onStep, signal: controller.signal })).toMatchObject({ status: "aborted", steps: 3 });
  });

  it("says at which batch a mistake in the loss was met", async () => {
    const wrong = (params: Line, batch: LineBatch): Tensor => batch.x.mul(params.slope).sub(tensor([1, 2, 3])).mean();
    await expect(fit({ loss: wrong, params: line(), optimizer: exactDescent, batches: () => lineBatches(key(6), 1, 8), epochs: 1 })).rejects.toThrow(/^fit: step 1, batch \{ x: f32\[8\], y: f32\[8\] \}: /);
    await expect(fit({ loss: wrong, params: line(), optimizer: slowDescent, batches: () => lineBatches(key(6), 1, 8), epochs: 1 })).rejects.toThrow(/^fit: step 1, batch /);
  });
});
