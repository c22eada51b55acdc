import { readFileSync } from "node:fs";
import type { Tensor } from "@opt/core";
import { matmul, square, tanh, tensor } from "@opt/core";
import { softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { batchMinimizer, lbfgs, minimize, strongWolfe } from "../src/index.ts";

type Layer = { readonly weight: Tensor; readonly bias: Tensor };
type Batch = { readonly inputs: Tensor; readonly targets: Tensor };

interface GoldenCase {
  readonly name: string;
  readonly initial: readonly { readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] }[];
  readonly decay: number;
  /** The loss after 0, 1, … iterations, and how often it was evaluated until then. */
  readonly losses: readonly number[];
  readonly evaluations: readonly number[];
}

interface GoldenFile {
  readonly header: { readonly version: string; readonly options: { readonly history: number } };
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly cases: readonly GoldenCase[];
}

const file = new URL("../../../tooling/golden/data/second-order/torch-lbfgs.json", import.meta.url);
const golden = JSON.parse(readFileSync(file, "utf8")) as GoldenFile;
const batch: Batch = { inputs: tensor(golden.inputs, { dtype: "f64" }), targets: tensor(golden.targets, { dtype: "i32" }) };
const method = { direction: lbfgs({ history: golden.header.options.history }), search: strongWolfe() };

/** Mean cross-entropy of tanh layers, with `decay / 2` times the sum of all squared weights. */
function lossWith(decay: number): (layers: readonly Layer[], batch: Batch) => Tensor {
  return (layers, { inputs, targets }) => {
    const outputs = layers.reduce((x, { weight, bias }, index) => {
      const next = matmul(x, weight).add(bias);
      return index + 1 < layers.length ? tanh(next) : next;
    }, inputs);
    return layers.reduce((total, { weight }) => total.add(square(weight).sum().mul(decay / 2)), softmaxCrossEntropy(outputs, targets));
  };
}

function startOf({ initial }: GoldenCase): readonly Layer[] {
  return initial.map(({ weight, bias }) => ({ weight: tensor(weight, { dtype: "f64" }), bias: tensor(bias, { dtype: "f64" }) }));
}

describe(`beside torch.optim.LBFGS ${golden.header.version} on one full batch`, () => {
  for (const reference of golden.cases) {
    const loss = lossWith(reference.decay);
    const steps = reference.losses.length - 1;
    const start = startOf(reference);
    const least = Math.min(...reference.losses);
    const path: { value: number; evaluations: number }[] = [];
    minimize((layers: readonly Layer[]) => loss(layers, batch), start, {
      method, tolerance: 0, maxSteps: steps, callback: ({ value, evaluations }) => path.push({ value, evaluations: evaluations.value }),
    });

    it(`${reference.name}: starts from the same loss and gets where torch gets, within 1.5 × its evaluations`, () => {
      expect(path[0]?.value).toBeCloseTo(reference.losses[0]!, 12);
      // For each tenth that torch took off what was left above its last loss.
      for (const share of [1e-1, 1e-2, 1e-3]) {
        const goal = least + share * (reference.losses[0]! - least);
        const theirs = reference.evaluations[reference.losses.findIndex((value) => value <= goal)]!;
        const ours = path.find(({ value }) => value <= goal)?.evaluations ?? Number.POSITIVE_INFINITY;
        expect(ours, `to ${goal}`).toBeLessThanOrEqual(Math.ceil(1.5 * theirs));
      }
    });

    it(`${reference.name}: takes the same way through fit, one step for each epoch`, async () => {
      const { history, status } = await fit({ loss, params: start, optimizer: batchMinimizer({ method }), batches: () => [batch], epochs: 20 });
      expect(status).toBe("completed");
      expect(history.steps).toEqual(path.slice(0, 20).map(({ value }) => value));
    });

    it(`${reference.name}: takes the same way in several steps for each epoch`, async () => {
      const { history } = await fit({ loss, params: start, optimizer: batchMinimizer({ method, stepsPerBatch: 5 }), batches: () => [batch], epochs: 4 });
      expect(history.steps).toEqual([0, 5, 10, 15].map((step) => path[step]!.value));
    });
  }

  it("softmax regression: ends at the same minimum of a convex loss", () => {
    const [convex] = golden.cases;
    const loss = lossWith(convex!.decay);
    const { value, status } = minimize((layers: readonly Layer[]) => loss(layers, batch), startOf(convex!), { method, tolerance: 1e-7 });
    expect(status).toBe("converged");
    expect(value).toBeCloseTo(convex!.losses.at(-1)!, 12);
  });
});
