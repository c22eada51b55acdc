import type { Tensor } from "@opt/core";
import { key } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches, spirals } from "@opt/data";
import { adam } from "@opt/first-order";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { CurriculumOptions, Pacing } from "../../src/index.ts";
import { curriculum, difficultyByLoss, exponentialPacing, fixedPacing, linearPacing, rootPacing, stepPacing } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { numbered, numbersIn } from "./numbered.ts";

const size = 103;
const data = numbered(size);
/** The example's number, upside down: 102 is the easiest. */
const difficulty = Float64Array.from({ length: size }, (_, index) => -index);
const base: CurriculumOptions = { difficulty, pacing: linearPacing({ start: 0.1 }), epochs: 6, batchSize: 10, key: key(1) };
const pacings: readonly Pacing[] = [fixedPacing, linearPacing, rootPacing, exponentialPacing].map((make) => make({ start: 0.05 })).concat(stepPacing({ start: 0.05, steps: 4 }));
const ascending = (a: number, b: number): number => a - b;

describe("curriculum, stochastic", () => {
  it("draws every batch from the easiest examples that its progress releases", () => {
    for (const pacing of pacings) {
      const batches = curriculum(data, { ...base, pacing });
      for (let epoch = 0; epoch < 6; epoch++) {
        numbersIn(batches.epoch(epoch)).forEach((numbers, batch) => {
          const progress = Math.min(1, (epoch + batch / 11) / 5);
          expect(batches.released(epoch, batch)).toBe(Math.ceil(pacing(progress) * size - 1e-6));
          // The hardest released example is the one before position `released`, counted from 102 down.
          expect(Math.min(...numbers)).toBeGreaterThanOrEqual(size - batches.released(epoch, batch));
        });
      }
    }
  });

  it("never takes examples back, and gives each exactly once in the last epoch and after it", () => {
    for (const pacing of pacings) {
      const batches = curriculum(data, { ...base, pacing });
      const released = Array.from({ length: 6 * 11 }, (_, step) => batches.released(Math.floor(step / 11), step % 11));
      expect(released).toEqual([...released].sort(ascending));
      for (const epoch of [5, 6, 50]) expect(numbersIn(batches.epoch(epoch)).flat().sort(ascending)).toEqual(Array.from({ length: size }, (_, index) => index));
    }
  });

  it("repeats no example before all that are released have had their turn", () => {
    const batches = curriculum(data, { ...base, pacing: fixedPacing({ start: 0.3 }) });
    const numbers = numbersIn(batches.epoch(0)).flat();
    expect(batches.released(0)).toBe(31);
    expect(numbers).toHaveLength(size);
    for (const turn of [0, 1, 2]) expect(new Set(numbers.slice(31 * turn, 31 * (turn + 1))).size).toBe(31);
  });

  it("has as many batches as minibatches, the last one shorter", () => {
    const batches = curriculum(data, base);
    expect([batches.batchSize, batches.batchesPerEpoch]).toEqual([10, 11]);
    expect(numbersIn(batches.epoch(0)).map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3]);
  });

  it("gives the same batches for the same key, in any order and more than once, and others for another", () => {
    const all = (seed: number, epochs: number[]): number[][][] => epochs.map((epoch) => numbersIn(curriculum(data, { ...base, mixing: 0.2, key: key(seed) }).epoch(epoch)));
    const once = curriculum(data, { ...base, mixing: 0.2 });
    const second = once.epoch(2);
    expect(numbersIn(second)).toEqual(numbersIn(second));
    expect(all(1, [2, 0, 1]).map((each) => each.flat())).toEqual([2, 0, 1].map((epoch) => numbersIn(once.epoch(epoch)).flat()));
    expect(all(2, [0])).not.toEqual(all(1, [0]));
    expect(all(1, [1])).not.toEqual(all(1, [0]));
  });

  it("orders equally hard examples at random by the key", () => {
    const easiest = (seed: number): number[] => numbersIn(curriculum(data, { ...base, difficulty: new Float32Array(size), pacing: fixedPacing({ start: 0.1 }), key: key(seed) }).epoch(0))[0]!.sort(ascending);
    expect(easiest(1)).not.toEqual(easiest(2));
    expect(easiest(1)).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe("curriculum with mixing", () => {
  it("draws the share from the whole set that it says, within four standard errors", () => {
    const many = numbered(2000);
    const hardFirst = Float64Array.from({ length: 2000 }, (_, index) => index);
    for (const mixing of [0.05, 0.3, 0.8]) {
      const batches = curriculum(many, { ...base, difficulty: hardFirst, pacing: fixedPacing({ start: 0.25 }), epochs: 11, batchSize: 100, mixing });
      const drawn = Array.from({ length: 10 }, (_, epoch) => numbersIn(batches.epoch(epoch)).flat()).flat();
      expect(batches.released(9, 19)).toBe(500);
      const unreleased = drawn.filter((number) => number >= 500).length / drawn.length;
      // Three quarters of the whole set are not released.
      const expected = mixing * 0.75;
      expect(Math.abs(unreleased - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / drawn.length));
    }
  });

  it("still gives each example once when all are released", () => {
    const batches = curriculum(data, { ...base, mixing: 0.5 });
    expect(numbersIn(batches.epoch(5)).flat().sort(ascending)).toEqual(Array.from({ length: size }, (_, index) => index));
  });

  it("needs no pacing that reaches 1", () => {
    const batches = curriculum(data, { ...base, pacing: () => 0.5, mixing: 0.5 });
    expect(batches.released(100)).toBe(52);
    expect(new Set(Array.from({ length: 20 }, (_, epoch) => numbersIn(batches.epoch(epoch)).flat()).flat()).size).toBe(size);
  });
});

describe("curriculum, deterministic", () => {
  const five = numbered(5);
  const scores = [3, 1, 5, 2, 4];

  it("goes from the easiest to the hardest released, again and again", () => {
    const batches = curriculum(five, { difficulty: scores, pacing: linearPacing({ start: 0.4 }), epochs: 3, batchSize: 2, order: "deterministic" });
    // Progress 0, 1/6, 2/6, … releases 2, 3, 3, 4, 4, 5 of 1, 3, 0, 4, 2.
    expect([0, 1].flatMap((epoch) => [0, 1, 2].map((batch) => batches.released(epoch, batch)))).toEqual([2, 3, 3, 4, 4, 5]);
    expect(numbersIn(batches.epoch(0))).toEqual([[1, 3], [0, 1], [3]]);
    expect(numbersIn(batches.epoch(1))).toEqual([[1, 3], [0, 4], [2]]);
    expect(numbersIn(batches.epoch(2))).toEqual([[1, 3], [0, 4], [2]]);
  });

  it("keeps equally hard examples as they stand, or shuffles them by a key", () => {
    const options = { difficulty: new Float64Array(5), pacing: linearPacing({ start: 1 }), epochs: 1, batchSize: 5, order: "deterministic" } as const;
    expect(numbersIn(curriculum(five, options).epoch(0))).toEqual([[0, 1, 2, 3, 4]]);
    const [shuffled = []] = numbersIn(curriculum(five, { ...options, key: key(1) }).epoch(0));
    expect(shuffled).not.toEqual([0, 1, 2, 3, 4]);
    expect([...shuffled].sort(ascending)).toEqual([0, 1, 2, 3, 4]);
  });

  it("takes infinite scores", () => {
    const options = { difficulty: [0, Infinity, -Infinity, Infinity, 1], pacing: linearPacing({ start: 1 }), epochs: 1, batchSize: 5, order: "deterministic" } as const;
    expect(numbersIn(curriculum(five, options).epoch(0))).toEqual([[2, 0, 4, 1, 3]]);
  });
});

describe("curriculum in training", () => {
  const model = mlp({ sizes: [2, 24, 24, 3], activation: "tanh" });
  const points = spirals({ count: 300, key: key(1) });
  const lossOf = (params: MlpParams, batch: Batch, reduction: "mean" | "none" = "mean"): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets, { reduction });
  const options = { loss: (params: MlpParams, batch: Batch): Tensor => lossOf(params, batch), params: model.init(key(2)), optimizer: adam({ learningRate: 0.01 }), epochs: 60 };

  it("learns spirals through fit, in either order, by what a first model finds hard", async () => {
    const first = await fit({ ...options, batches: minibatches(points, { batchSize: 30, key: key(3) }), epochs: 20 });
    const difficulty = await difficultyByLoss(points, (batch) => lossOf(first.params, batch, "none"));
    const [all] = minibatches(points, { batchSize: 300, shuffle: "never" }).epoch(0);
    for (const order of ["stochastic", "deterministic"] as const) {
      const batches = curriculum(points, { difficulty, pacing: rootPacing({ start: 0.2, until: 0.5 }), epochs: 60, batchSize: 30, order, key: key(4) });
      const { params, status } = await fit({ ...options, batches });
      expect(status).toBe("completed");
      expect(accuracy(model.apply(params, all!.inputs), all!.targets).item()).toBeGreaterThan(0.95);
    }
  });
});

describe("mistakes in curricula", () => {
  const bad = (change: object): Promise<string> => mistake(() => curriculum(data, { ...base, ...change }));

  it("a pacing that never releases an example is an error", async () => {
    expect(await bad({ pacing: () => 0.8 })).toMatchInlineSnapshot(`"option: curriculum({ pacing }): must release every example in the end, or some would never be seen; at progress 1 it releases 83 of 103. Use a pacing that reaches 1, or mixing above 0."`);
    expect(await bad({ pacing: (progress: number) => 1 - progress / 2 })).toMatchInlineSnapshot(`"option: curriculum({ pacing }): must release every example in the end, or some would never be seen; at progress 1 it releases 52 of 103. Use a pacing that reaches 1, or mixing above 0."`);
    expect(await bad({ pacing: () => 0.8, epochs: 1, order: "deterministic" })).toMatchInlineSnapshot(`"option: curriculum({ pacing }): must release every example in the end, or some would never be seen; at progress 1 it releases 83 of 103. Use a pacing that reaches 1, or mixing above 0."`);
    expect(await bad({ pacing: () => 102.5 / 103 })).toBe("no error");
  });

  it("are named, before anything is drawn", async () => {
    expect(await bad({ pacing: (progress: number) => progress })).toMatchInlineSnapshot(`"option: curriculum({ pacing }): must give a share in (0, 1]; got 0 at progress 0."`);
    expect(await bad({ pacing: () => 1.1 })).toMatchInlineSnapshot(`"option: curriculum({ pacing }): must give a share in (0, 1]; got 1.1 at progress 0."`);
    expect(await bad({ pacing: () => Number.NaN })).toMatchInlineSnapshot(`"option: curriculum({ pacing }): must give a share in (0, 1]; got NaN at progress 0."`);
    expect(await bad({ pacing: 0.5 })).toMatchInlineSnapshot(`"option: curriculum({ pacing }): must be a function (progress) => share, such as linearPacing({ start: 0.2 }); got 0.5."`);
    expect(await bad({ difficulty: [1, 2] })).toMatchInlineSnapshot(`"data: curriculum({ difficulty }): must have one score for each of the 103 examples; got 2 scores."`);
    expect(await bad({ difficulty: undefined })).toMatchInlineSnapshot(`"data: curriculum({ difficulty }): must have one score for each of the 103 examples; got undefined."`);
    expect(await bad({ difficulty: difficulty.map((score, index) => (index === 7 ? Number.NaN : score)) })).toMatchInlineSnapshot(`"data: curriculum({ difficulty }): must be numbers, the higher the harder; got NaN for example 7."`);
    expect(await bad({ epochs: 0 })).toMatchInlineSnapshot(`"option: curriculum({ epochs }): must be an integer ≥ 1; got 0."`);
    expect(await bad({ batchSize: 1.5 })).toMatchInlineSnapshot(`"option: curriculum({ batchSize }): must be an integer ≥ 1; got 1.5."`);
    expect(await bad({ key: undefined })).toMatchInlineSnapshot(`"option: curriculum({ key }): must be a random key; got undefined. Use key(seed) of @opt/core."`);
    expect(await bad({ order: "random" })).toMatchInlineSnapshot(`"option: curriculum({ order }): must be "stochastic" or "deterministic"; got "random"."`);
    expect(await bad({ mixing: 1 })).toMatchInlineSnapshot(`"option: curriculum({ mixing }): must be in [0, 1); got 1."`);
    expect(await bad({ order: "deterministic", mixing: 0.1 })).toMatchInlineSnapshot(`"option: curriculum({ order, mixing }): order "deterministic" and mixing 0.1 do not go together, because mixing draws at random. Use order: "stochastic", or mixing: 0."`);
    expect(await bad({ shuffle: "never" })).toMatchInlineSnapshot(`"option: curriculum({ shuffle }): unknown option. Known options: difficulty, pacing, epochs, batchSize, order, mixing, key."`);
    expect(await mistake(() => curriculum([1, 2] as never, base))).toMatchInlineSnapshot(`"data: curriculum(data): must have inputs, inputShape, targets, targetShape and size; got [1, 2]. Use dataset(…) of @opt/data."`);
    expect(await mistake(() => curriculum({ ...data, size: 3 }, base))).toMatchInlineSnapshot(`"data: curriculum(data): must hold size ≥ 1 examples; got size 3 with 103 numbers in inputs and 103 in targets."`);
    expect(await mistake(() => curriculum(data, base).released(-1))).toMatchInlineSnapshot(`"option: curriculum.released({ epoch }): must be an integer ≥ 0; got -1."`);
    expect(await mistake(() => curriculum(data, base).released(0, 11))).toMatchInlineSnapshot(`"option: curriculum.released({ batch }): must be an integer in [0, 10]; got 11."`);
    expect(await mistake(() => curriculum(data, base).epoch(-1))).toMatchInlineSnapshot(`"option: curriculum.epoch({ index }): must be an integer ≥ 0; got -1."`);
  });
});
