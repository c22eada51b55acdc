import { key } from "@opt/core";
import type { Batch } from "@opt/data";
import { dataset, minibatches, split } from "@opt/data";
import { describe, expect, it } from "vitest";

import { errorOf, numbered } from "./support.ts";

const targetsOf = (batches: Iterable<Batch>): number[][] => Array.from(batches, (batch) => Array.from(batch.targets.readSync()));
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("minibatches", () => {
  it("never: hands the examples out as they stand, the last batch shorter", () => {
    const batches = minibatches(numbered(7), { batchSize: 3, shuffle: "never" });
    expect(batches.batchesPerEpoch).toBe(3);
    expect(targetsOf(batches.epoch(4))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    const [first] = batches.epoch(0);
    expect(first?.inputs.shape).toEqual([3, 2]);
    expect(Array.from(first?.inputs.readSync() ?? [])).toEqual([0, -0, 1, -1, 2, -2]);
    expect([first?.inputs.dtype, first?.targets.dtype, first?.targets.shape]).toEqual(["f32", "i32", [3]]);
  });

  it("drop: leaves the short batch out", () => {
    const batches = minibatches(numbered(7), { batchSize: 3, shuffle: "never", lastBatch: "drop" });
    expect(batches.batchesPerEpoch).toBe(2);
    expect(targetsOf(batches.epoch(0))).toEqual([[0, 1, 2], [3, 4, 5]]);
  });

  it("every-epoch: each example once an epoch, another order each, inputs with their targets", () => {
    const batches = minibatches(numbered(50), { batchSize: 8, key: key(1) });
    const orders = [0, 1, 2].map((epoch) => targetsOf(batches.epoch(epoch)).flat());
    for (const order of orders) expect(ascending(order)).toEqual(range(50));
    expect(orders[0]).not.toEqual(orders[1]);
    expect(orders[1]).not.toEqual(orders[2]);
    for (const { inputs, targets } of batches.epoch(3)) {
      expect(Array.from(inputs.readSync())).toEqual(Array.from(targets.readSync()).flatMap((target) => [target, -target]));
    }
  });

  it("once: one random order for all epochs", () => {
    const batches = minibatches(numbered(50), { batchSize: 50, shuffle: "once", key: key(1) });
    const [order] = targetsOf(batches.epoch(0));
    expect(targetsOf(batches.epoch(9))).toEqual([order]);
    expect(order).not.toEqual(range(50));
    expect(ascending(order ?? [])).toEqual(range(50));
  });

  it("gives epoch 5 the same order whether or not epochs came before, twice over, and for another object with the same key", () => {
    const make = () => minibatches(numbered(40), { batchSize: 7, key: key(3) });
    const walked = make();
    for (let epoch = 0; epoch < 5; epoch++) targetsOf(walked.epoch(epoch));
    const epoch = walked.epoch(5);
    const expected = targetsOf(make().epoch(5));
    expect(targetsOf(epoch)).toEqual(expected);
    expect(targetsOf(epoch)).toEqual(expected);
    expect(targetsOf(minibatches(numbered(40), { batchSize: 7, key: key(4) }).epoch(5))).not.toEqual(expected);
  });

  it("gives long rows, f64 inputs and shaped targets whole", () => {
    const data = dataset({
      inputs: Float64Array.from({ length: 10 * 40 }, (_, i) => i), inputShape: [4, 10],
      targets: Float32Array.from({ length: 20 }, (_, i) => i), targetShape: [2],
    });
    for (const { inputs, targets } of minibatches(data, { batchSize: 4, key: key(2) }).epoch(0)) {
      const batch = targets.shape[0] ?? 0;
      expect([inputs.dtype, inputs.shape, targets.shape]).toEqual(["f64", [batch, 4, 10], [batch, 2]]);
      const rows = Array.from({ length: batch }, (_, row) => targets.readSync()[2 * row]! / 2);
      expect(Array.from(inputs.readSync())).toEqual(rows.flatMap((row) => range(40).map((column) => 40 * row + column)));
    }
  });

  it("keeps batches apart: reading all of them at the end gives what reading each at once gave", () => {
    const batches = minibatches(numbered(20), { batchSize: 6, key: key(1) });
    const kept = [...batches.epoch(0)];
    expect(targetsOf(kept)).toEqual(targetsOf(batches.epoch(0)));
  });

  it("refuses wrong options", async () => {
    const data = numbered(5);
    expect(await errorOf(() => minibatches(data, { batchSize: 2 }))).toMatchInlineSnapshot(`"option: minibatches({ key }): must be given because shuffle is "every-epoch"; got undefined. Use key(seed) of @opt/core, or shuffle: "never"."`);
    expect(await errorOf(() => minibatches(data, { batchSize: 0, key: key(1) }))).toMatchInlineSnapshot(`"option: minibatches({ batchSize }): must be an integer ≥ 1; got 0."`);
    expect(await errorOf(() => minibatches(data, { batchSize: 2, shuffle: "every epoch" as never }))).toMatchInlineSnapshot(`"option: minibatches({ shuffle }): must be "never" or "once" or "every-epoch"; got "every epoch". Did you mean "every-epoch"?"`);
    expect(await errorOf(() => minibatches(data, { batchSize: 8, shuffle: "never", lastBatch: "drop" }))).toMatchInlineSnapshot(`"data: minibatches({ batchSize: 8 }): the data set has 5 examples and lastBatch "drop" leaves no batch. Use a batchSize of at most 5, or lastBatch: "keep"."`);
    expect(await errorOf(() => minibatches(data, { batchsize: 2 } as never))).toMatchInlineSnapshot(`"option: minibatches({ batchsize }): unknown option. Did you mean "batchSize"?"`);
    expect(await errorOf(() => minibatches(data, { batchSize: 2, shuffle: "never" }).epoch(-1))).toMatchInlineSnapshot(`"option: minibatches.epoch({ index }): must be an integer ≥ 0; got -1."`);
  });
});

describe("split", () => {
  it("gives every example to exactly one side, inputs with their targets", () => {
    const [first, second] = split(numbered(50), 0.8, key(7));
    expect([first.size, second.size]).toEqual([40, 10]);
    expect(ascending([...first.targets, ...second.targets])).toEqual(range(50));
    expect(Array.from(second.inputs)).toEqual(Array.from(second.targets).flatMap((target) => [target, -target]));
    expect(first.targets).toEqual(split(numbered(50), 0.8, key(7))[0].targets);
    expect(ascending([...second.targets])).not.toEqual(range(50).slice(40));
  });

  it("refuses to leave a side empty", async () => {
    expect(await errorOf(() => split(numbered(5), 0.05, key(1)))).toMatchInlineSnapshot(`"data: split({ fraction: 0.05 }): must leave examples on both sides; of 5 examples 0 would go into the first."`);
    expect(await errorOf(() => split(numbered(5), 1, key(1)))).toMatchInlineSnapshot(`"option: split({ fraction }): must be in (0, 1); got 1."`);
  });
});

describe("dataset", () => {
  it("refuses arrays that do not fit", async () => {
    const inputs = new Float32Array(6);
    expect(await errorOf(() => dataset({ inputs, inputShape: [2], targets: new Int32Array(2) }))).toMatchInlineSnapshot(`"data: dataset: must have as many targets as inputs; got 3 inputs and 2 targets."`);
    expect(await errorOf(() => dataset({ inputs, inputShape: [4], targets: new Int32Array(2) }))).toMatchInlineSnapshot(`"data: dataset({ inputs }): must hold a whole number of examples of shape [4], 4 numbers each; got 6 numbers."`);
    expect(await errorOf(() => dataset({ inputs: [1, 2] as never, inputShape: [2], targets: new Int32Array(1) }))).toMatchInlineSnapshot(`"option: dataset({ inputs }): must be a Float32Array, Float64Array or Int32Array; got [1, 2]."`);
    expect(await errorOf(() => dataset({ inputs, inputShape: 2 as never, targets: new Int32Array(1) }))).toMatchInlineSnapshot(`"option: dataset({ inputShape }): must be a list of integers ≥ 1, such as [784]; got 2."`);
  });
});
