import { OptError, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import {
  backtracking, bfgs, conjugateGradient, fixedStep, lbfgs, minimize, minimizeSteps, newton, quadraticStep, saddleFreeNewton, steepest, strongWolfe,
} from "../src/index.ts";
import type { Direction, Method, PlainObjective, Search } from "../src/index.ts";

/** The code and message of the error that something gives. */
function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

/** What a caller without types may hand over. */
function wrong<T>(value: unknown): T {
  return value as T;
}

const value = ([x = 0]: Float64Array): number => x ** 2;
const gradient = ([x = 0]: Float64Array): number[] => [2 * x];
const square: PlainObjective = { value, gradient };

describe("mistakes are told when they are made", () => {
  it("options of directions and searches", () => {
    expect([
      () => conjugateGradient({ beta: wrong("polak-ribiere+") }),
      () => conjugateGradient({ resetEvery: 0 }),
      () => conjugateGradient(wrong({ reset: 3 })),
      () => lbfgs({ history: 0 }),
      () => lbfgs(wrong({ memory: 10 })),
      () => newton({ regularization: -1 }),
      () => newton({ regularization: wrong("auto") }),
      () => saddleFreeNewton({ floor: 1 }),
      () => fixedStep(0),
      () => backtracking({ slope: 1 }),
      () => backtracking({ decrease: 1 }),
      () => backtracking({ maxTrials: 0.5 }),
      () => strongWolfe({ slope: 0 }),
      () => strongWolfe({ slope: 0.5, curvature: 0.3 }),
      () => strongWolfe({ curvature: 1.5 }),
      () => strongWolfe({ maxTrials: 1 }),
      () => strongWolfe({ maxStep: -1 }),
      () => strongWolfe(wrong({ curvture: 0.9 })),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "option: conjugateGradient({ beta }): must be "fletcher-reeves" or "polak-ribiere" or "polak-ribiere-plus"; got "polak-ribiere+". Did you mean "polak-ribiere"?",
        "option: conjugateGradient({ resetEvery }): must be an integer ≥ 1; got 0.",
        "option: conjugateGradient({ reset }): unknown option. Known options: beta, resetEvery.",
        "option: lbfgs({ history }): must be an integer ≥ 1; got 0.",
        "option: lbfgs({ memory }): unknown option. Known options: history.",
        "option: newton({ regularization }): must be a number ≥ 0; got -1.",
        "option: newton({ regularization }): must be a number ≥ 0 or "automatic"; got "auto".",
        "option: saddleFreeNewton({ floor }): must be in (0, 1); got 1.",
        "option: fixedStep({ length }): must be a number > 0; got 0.",
        "option: backtracking({ slope }): must be in (0, 1); got 1.",
        "option: backtracking({ decrease }): must be in (0, 1); got 1.",
        "option: backtracking({ maxTrials }): must be an integer ≥ 1; got 0.5.",
        "option: strongWolfe({ slope }): must be in (0, 1); got 0.",
        "option: strongWolfe({ curvature }): must be greater than slope (0.5); got 0.3. Otherwise no step may fulfil both conditions.",
        "option: strongWolfe({ curvature }): must be in (0, 1); got 1.5.",
        "option: strongWolfe({ maxTrials }): must be an integer ≥ 2; got 1.",
        "option: strongWolfe({ maxStep }): must be a number > 0; got -1.",
        "option: strongWolfe({ curvture }): unknown option. Did you mean "curvature"?",
      ]
    `);
  });

  it("options of minimize", () => {
    expect([
      () => minimize(square, [1], { tolerance: -1 }),
      () => minimize(square, [1], { maxSteps: 1.5 }),
      () => minimize(square, [1], wrong<object>({ maxIterations: 5 })),
      () => minimize(square, [1], { callback: wrong<never>(true) }),
      () => minimize(square, [1], { signal: wrong<never>({}) }),
      () => minimizeSteps(square, [1], { tolerance: Number.NaN }),
      () => minimize(square, [1], { method: wrong("l-bfgs") }),
      () => minimize(square, [1], { method: wrong("simplex") }),
      () => minimize(square, [1], { method: wrong(bfgs()) }),
      () => minimize(square, [1], { method: wrong({ direction: bfgs, search: strongWolfe }) }),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "option: minimize({ tolerance }): must be a number ≥ 0; got -1.",
        "option: minimize({ maxSteps }): must be an integer ≥ 0; got 1.5.",
        "option: minimize({ maxIterations }): unknown option. Known options: method, tolerance, maxSteps, callback, signal.",
        "option: minimize({ callback }): must be a function; got true.",
        "option: minimize({ signal }): must be an AbortSignal; got an empty object. Use new AbortController().signal.",
        "option: minimize({ tolerance }): must be a number ≥ 0; got NaN.",
        "option: minimize({ method }): unknown method "l-bfgs". Did you mean "lbfgs"?",
        "option: minimize({ method }): unknown method "simplex". Known methods: steepest-descent, conjugate-gradient, bfgs, lbfgs, newton, saddle-free-newton.",
        "option: minimize({ method }): must be a name or { direction, search }, such as { direction: bfgs(), search: strongWolfe() }; got an object with keys name, asks, because, init, propose.",
        "option: minimize({ method }): must be a name or { direction, search }, such as { direction: bfgs(), search: strongWolfe() }; got an object with keys direction, search.",
      ]
    `);
  });

  it("objectives and starts", () => {
    const double = tensor([1], { dtype: "f64" });
    const sum = (x: Tensor): Tensor => x.sum();
    expect([
      () => minimize(wrong<PlainObjective>(5), [1]),
      () => minimize(wrong<PlainObjective>({ gradient }), [1]),
      () => minimize({ value, gradient: wrong<never>([2]) }, [1]),
      () => minimize(square, []),
      () => minimize(square, wrong<never>("1")),
      () => minimize(square, wrong<never>(double)),
      () => minimize(sum, wrong<Tensor>({})),
      () => minimize(sum, wrong<Tensor>([1, 2])),
      () => minimize(sum, tensor([1], { dtype: "i32" })),
      () => minimize({ value: () => wrong<never>("low"), gradient }, [1]),
      () => minimize({ value, gradient: () => [1, 2] }, [1]),
      () => minimize({ value, gradient: () => wrong<never>(2) }, [1]),
      () => minimize({ value, gradient, hessian: () => [1, 2] }, [1], { method: "newton" }),
      () => minimize((x: Tensor) => x.mul(2), tensor([1, 2], { dtype: "f64" })),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "option: minimize(objective): must be a function of tensors, or callbacks { value, gradient?, hessian? } over Float64Array; got 5.",
        "option: minimize: objective.value: must be a function over Float64Array; got undefined.",
        "option: minimize: objective.gradient: must be a function over Float64Array; got [2].",
        "tree: minimize: x0: must be a Float64Array or an array of one or more numbers for an objective of plain callbacks; got [].",
        "tree: minimize: x0: must be a Float64Array or an array of one or more numbers for an objective of plain callbacks; got "1".",
        "tree: minimize: x0: must be a Float64Array or an array of one or more numbers for an objective of plain callbacks; got a value of class Tensor.",
        "tree: minimize: x0: must hold at least one tensor; got none.",
        "dtype: minimize: x0[0]: must be a tensor; got 1. Wrap it: tensor(value, { dtype: "f64" }).",
        "dtype: minimize: x0: must be f64 or f32; got i32. Use cast(x, "f64").",
        "dtype: minimize: objective.value: must return a number; got "low".",
        "shape: minimize: objective.gradient: must return 1 number, one for each of x; got 2.",
        "dtype: minimize: objective.gradient: must return an array of numbers or a Float64Array; got 2.",
        "shape: minimize: objective.hessian: must return 1 number, row by row; got 2.",
        "shape: valueAndGrad: the function must return a single number; got shape [2]. Take its mean() or sum().",
      ]
    `);
  });

  it("combinations without meaning, which name both parts", () => {
    const combine = (direction: Direction, search: Search): (() => unknown) => () => minimize(square, [1], { method: { direction, search } });
    expect([
      combine(bfgs(), fixedStep(1)),
      combine(lbfgs(), fixedStep(1)),
      combine(conjugateGradient(), fixedStep(0.1)),
      combine(conjugateGradient(), backtracking()),
      combine(newton(), strongWolfe()),
      combine(saddleFreeNewton(), fixedStep(1)),
      combine(steepest(), quadraticStep()),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "option: minimize({ method }): bfgs() with fixedStep() makes no sense, because its matrix is learned from steps that lower the value, which fixedStep() does not give. Use strongWolfe() or backtracking().",
        "option: minimize({ method }): lbfgs() with fixedStep() makes no sense, because its matrix is learned from steps that lower the value, which fixedStep() does not give. Use strongWolfe() or backtracking().",
        "option: minimize({ method }): conjugateGradient() with fixedStep() makes no sense, because conjugate directions presuppose a minimum along the last one, which fixedStep() does not give. Use strongWolfe() or, on quadratics, quadraticStep().",
        "option: minimize({ method }): conjugateGradient() with backtracking() makes no sense, because conjugate directions presuppose a minimum along the last one, which backtracking() does not give. Use strongWolfe() or, on quadratics, quadraticStep().",
        "option: minimize({ method }): newton() with strongWolfe() cannot be used here, because newton() needs the Hessian of the objective, which has none. Add objective.hessian, or write the objective as a tensor function.",
        "option: minimize({ method }): saddleFreeNewton() with fixedStep() cannot be used here, because saddleFreeNewton() needs the Hessian of the objective, which has none. Add objective.hessian, or write the objective as a tensor function.",
        "option: minimize({ method }): steepest() with quadraticStep() cannot be used here, because quadraticStep() needs Hessian-vector products of the objective, which has none. Add objective.hessianVector or hessian, or write the objective as a tensor function.",
      ]
    `);
  });

  it("but every other combination is allowed", () => {
    const full: PlainObjective = { ...square, hessian: () => [2] };
    const directions = [steepest(), newton(), newton({ regularization: "automatic" }), saddleFreeNewton(), conjugateGradient(), bfgs(), lbfgs()];
    const searches = [fixedStep(0.25), backtracking(), strongWolfe(), quadraticStep()];
    const allowed: string[] = [];
    for (const direction of directions) {
      for (const search of searches) {
        const method: Method = { direction, search };
        if (complaint(() => minimize(full, [1], { method })) !== "no error") continue;
        expect(minimize(full, [1], { method }).status, `${direction.name} ${search.name}`).toBe("converged");
        allowed.push(`${direction.name} × ${search.name}`);
      }
    }
    expect(allowed.length).toBe(7 * 4 - 4);
  });
});
