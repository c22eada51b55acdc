import type { Tensor } from "@opt/core";
import { clone, compile, hostRandomNormal, key, tensor } from "@opt/core";
import { fromPlain, matchers, toPlain } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { AverageState, PolyakAverageOptions } from "../../src/index.ts";
import { polyakAverage } from "../../src/index.ts";
import { goldenFile } from "../golden.ts";

expect.extend(matchers);

const f64 = { dtype: "f64" } as const;

type Params = { readonly weight: Tensor; readonly bias: Tensor };
interface PlainParams {
  readonly weight: number[][];
  readonly bias: number[];
}

const golden = goldenFile<{
  readonly points: readonly PlainParams[];
  readonly cases: readonly { readonly options: PolyakAverageOptions; readonly averages: readonly PlainParams[] }[];
}>("averages");

function paramsOf({ weight, bias }: PlainParams): Params {
  return { weight: tensor(weight, f64), bias: tensor(bias, f64) };
}

describe.each(golden.cases)("PyTorch's AveragedModel, $options", ({ options, averages }) => {
  const average = polyakAverage(options);
  const initial = average.init(paramsOf({ weight: [[9, 9], [9, 9]], bias: [9, 9, 9] }));
  const update = (state: AverageState<Params>, params: Params): AverageState<Params> => average.update(state, params);

  it.each([["as it is", update], ["compiled into a step", compile(update)]] as const)("is the same after each update, %s", (_how, next) => {
    let state = clone(initial);
    golden.points.forEach((point, index) => {
      state = next(state, paramsOf(point));
      const { weight, bias } = average.parameters(state);
      expect(weight).toBeAllClose(averages[index]?.weight ?? [], { relative: 1e-12 });
      expect(bias).toBeAllClose(averages[index]?.bias ?? [], { relative: 1e-12 });
    });
    expect(state.count).toBe(60);
  });
});

const walk = Array.from(hostRandomNormal(key(1), 100));
const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;

/** The average after each point of a walk along a line. */
function averagesOf(options: PolyakAverageOptions, points: readonly number[]): number[] {
  const average = polyakAverage(options);
  const update = compile((before: AverageState<Tensor>, point: Tensor) => average.update(before, point));
  let state = average.init(tensor([100], f64));
  return points.map((point) => {
    state = update(state, tensor([point], f64));
    return average.parameters(state).item();
  });
}

describe("averages by their formulas", () => {
  it("exponential without bias: what Adam's correction makes of an average begun at 0", () => {
    let raw = 0;
    averagesOf({ kind: "exponential", decay: 0.9, debias: true }, walk).forEach((actual, index) => {
      raw = 0.9 * raw + 0.1 * (walk[index] ?? 0);
      expect(actual).toBeCloseTo(raw / (1 - 0.9 ** (index + 1)), 12);
    });
  });

  it("polynomial: weights that grow as a power of the step, power 0 the plain mean", () => {
    expect(averagesOf({ kind: "polynomial", power: 0 }, walk).at(-1)).toBeCloseTo(mean(walk), 12);
    // For power 1 the weight of θᵢ is i / (1 + … + n).
    const weighted = walk.reduce((total, value, index) => total + (index + 1) * value, 0) / ((walk.length * (walk.length + 1)) / 2);
    expect(averagesOf({ kind: "polynomial", power: 1 }, walk).at(-1)).toBeCloseTo(weighted, 12);
  });

  it.each([0.1, 0.5, 0.9])("tail: a plain mean of the last part, at least %d of all and at most 1 − (1 − that)²", (fraction) => {
    const averages = averagesOf({ kind: "tail", fraction }, walk);
    averages.forEach((actual, index) => {
      const count = index + 1;
      const lengths = Array.from({ length: count }, (_, missing) => count - missing);
      const length = lengths.find((candidate) => Math.abs(mean(walk.slice(count - candidate, count)) - actual) < 1e-10);
      expect(length, `a tail of the first ${count} points`).toBeDefined();
      expect(length).toBeGreaterThanOrEqual(fraction * count - 1e-9);
      expect(length).toBeLessThanOrEqual((1 - (1 - fraction) ** 2) * count + 2);
    });
  });

  it.each<PolyakAverageOptions>([{ kind: "mean" }, { kind: "exponential", decay: 0.5 }, { kind: "polynomial" }, { kind: "tail" }])(
    "begin after $kind with `start`: until then they follow the parameters, then they forget what was before",
    (options) => {
      const averages = averagesOf({ ...options, start: 10 }, walk);
      expect(averages.slice(0, 10)).toEqual(walk.slice(0, 10));
      averagesOf(options, walk.slice(10)).forEach((expected, index) => expect(averages[10 + index]).toBeCloseTo(expected, 12));
    },
  );
});

describe("the state", () => {
  it.each<PolyakAverageOptions>([{ kind: "mean" }, { kind: "tail", fraction: 0.3 }])("survives JSON in the middle of a run, $kind", (options) => {
    const average = polyakAverage(options);
    const run = (from: AverageState<Tensor>, points: readonly number[]): AverageState<Tensor> => points.reduce((state, point) => average.update(state, tensor([point], f64)), from);
    const half = run(average.init(tensor([0], f64)), walk.slice(0, 37));
    const revived = fromPlain(JSON.parse(JSON.stringify(toPlain(half)))) as AverageState<Tensor>;
    const whole = run(average.init(tensor([0], f64)), walk);
    expect(average.parameters(run(revived, walk.slice(37))).item()).toBe(average.parameters(whole).item());
  });

  it("begins with the parameters themselves", () => {
    const average = polyakAverage();
    expect(average.parameters(average.init(tensor([1, 2])))).toBeAllClose([1, 2]);
  });
});
