import { cast, compile, key, tensor, zeros } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { Batch, Dataset } from "@opt/data";
import { dataset, drawDigits, minibatches } from "@opt/data";
import { momentum } from "@opt/first-order";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { freeze, transferByPath } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { changedPaths, numbersOf } from "./networks.ts";

const source = { encoder: { layers: [{ weight: tensor([[1, 2]]), bias: tensor([3, 4]) }] }, head: { weight: tensor([[5], [6]]) } };
const target = { layers: [{ weight: zeros([1, 2]), bias: zeros([2]) }], head: { weight: zeros([2, 3]) } };

describe("transferByPath", () => {
  it("takes what lies under the mapped paths and keeps the rest", () => {
    const params = transferByPath(source, target, { layers: "encoder.layers" });
    expect([...numbersOf(params)]).toEqual([["layers[0].weight", [1, 2]], ["layers[0].bias", [3, 4]], ["head.weight", [0, 0, 0, 0, 0, 0]]]);
    expect(params.head.weight).toBe(target.head.weight);
  });

  it("takes single leaves, lists of equal paths, and lets the longer path hold", () => {
    expect([...numbersOf(transferByPath(source, target, { "layers[0].bias": "encoder.layers[0].bias" }))][1]).toEqual(["layers[0].bias", [3, 4]]);
    expect(transferByPath(source, source, ["encoder", "head"])).not.toBe(source);
    const swapped = transferByPath({ a: tensor([1]), b: tensor([2]) }, { a: tensor([0]), b: tensor([0]) }, { "": "", a: "b" });
    expect([...numbersOf(swapped)]).toEqual([["a", [2]], ["b", [2]]]);
  });

  it("moves whole trees into a branch and out of it", () => {
    const tree = { a: tensor([1]), list: [tensor([2])] };
    expect([...numbersOf(transferByPath(tree, { model: { a: zeros([1]), list: [zeros([1])] } }, { model: "" }))]).toEqual([["model.a", [1]], ["model.list[0]", [2]]]);
    expect([...numbersOf(transferByPath({ model: tree }, { a: zeros([1]), list: [zeros([1])] }, { "": "model" }))]).toEqual([["a", [1]], ["list[0]", [2]]]);
    expect([...numbersOf(transferByPath({ model: [tensor([3])] }, [zeros([1])], { "": "model" }))]).toEqual([["[0]", [3]]]);
    expect([...numbersOf(transferByPath([tensor([3])], { model: [zeros([1])] }, { model: "" }))]).toEqual([["model[0]", [3]]]);
    expect(transferByPath({ model: tensor([4]) }, zeros([1]), { "": "model" }).readSync()).toEqual(Float32Array.of(4));
  });

  it("copies, so that training the result in place leaves the source as it is", () => {
    const trained = { weight: tensor([[1, 0], [0, 1]]) };
    const params = transferByPath(trained, { weight: zeros([2, 2]) }, ["weight"]);
    const double = compile(({ weight }: typeof params) => ({ weight: weight.mul(2) }));
    expect([...double(params).weight.readSync()]).toEqual([2, 0, 0, 2]);
    expect([...trained.weight.readSync()]).toEqual([1, 0, 0, 1]);
  });

  it("names paths that are not there and parameters that do not fit", async () => {
    const bad = (mapping: unknown, from: unknown = source, to: unknown = target): Promise<string> => mistake(() => transferByPath(from as typeof source, to as typeof target, mapping as []));
    expect(await bad(["layers[0]"])).toMatchInlineSnapshot(`"tree: transferByPath(source, target, mapping): the source must have something at the path "layers[0]"; it does not. Known paths: encoder.layers[0].weight, encoder.layers[0].bias, head.weight."`);
    expect(await bad({ "layer[0]": "encoder.layers[0]" })).toMatchInlineSnapshot(`"tree: transferByPath(source, target, mapping): the target must have something at the path "layer[0]"; it does not. Did you mean "layers[0]"?"`);
    expect(await bad({ tail: "encoder" })).toMatchInlineSnapshot(`"tree: transferByPath(source, target, mapping): the target must have something at the path "tail"; it does not. Known paths: layers[0].weight, layers[0].bias, head.weight."`);
    expect(await bad({ layers: "encoder.layer" })).toMatchInlineSnapshot(`"tree: transferByPath(source, target, mapping): the source must have something at the path "encoder.layer"; it does not. Did you mean "encoder.layers"?"`);
    expect(await bad({ "layers[0]": "head" })).toMatchInlineSnapshot(`"shape: transferByPath(source, target, mapping): layers[0].weight of the target is f32[1, 2]; head.weight of the source must be so too, but is f32[2, 1]. Leave this path out of the mapping to keep the fresh parameters."`);
    expect(await bad(["head"])).toMatchInlineSnapshot(`"shape: transferByPath(source, target, mapping): head.weight of the target is f32[2, 3]; head.weight of the source must be so too, but is f32[2, 1]. Leave this path out of the mapping to keep the fresh parameters."`);
    expect(await bad({ "layers[0].bias": "encoder.layers[0].bias" }, { encoder: { layers: [{ bias: cast(tensor([3, 4]), "f64") }] } })).toMatchInlineSnapshot(`"dtype: transferByPath(source, target, mapping): layers[0].bias of the target is f32[2]; encoder.layers[0].bias of the source must be so too, but is f64[2]. Leave this path out of the mapping to keep the fresh parameters."`);
    expect(await bad({ "layers[0]": "encoder" }, { encoder: { weight: tensor([[1, 2]]) } })).toMatchInlineSnapshot(`"tree: transferByPath(source, target, mapping): the source must have something at the path "encoder.bias"; it does not. Did you mean "encoder"?"`);
    expect(await bad([])).toMatchInlineSnapshot(`"option: transferByPath(source, target, mapping): mapping must list paths, or give the source's path for each of the target's; got []. Use for example ["layers[0]"]."`);
    expect(await bad({ head: 3 })).toMatchInlineSnapshot(`"option: transferByPath(source, target, mapping): mapping must list paths, or give the source's path for each of the target's; got an object with keys head. Use for example ["layers[0]"]."`);
  });
});

describe("transfer between tasks", () => {
  const sizes = [100, 32, 10] as const;
  const digits = drawDigits({ count: 400, key: key(1), size: 10 });
  // The new task: is it even? Few examples, which the features of the ten digits help with.
  const few = drawDigits({ count: 30, key: key(2), size: 10 });
  const parity = ({ inputs, inputShape, targets }: Dataset): Dataset => dataset({ inputs, inputShape, targets: Int32Array.from(targets, (digit) => digit % 2) });
  const lossOf = (model: ReturnType<typeof mlp>) => (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
  const accuracyOn = (model: ReturnType<typeof mlp>, params: MlpParams, data: Dataset): number => {
    const [batch] = minibatches(data, { batchSize: data.size, shuffle: "never" }).epoch(0);
    return batch === undefined ? 0 : accuracy(model.apply(params, batch.inputs), batch.targets).item();
  };

  it("reuses the features of digits for another question about them, with few examples", async () => {
    const teacher = mlp({ sizes, activation: "tanh" });
    const trained = await fit({ params: teacher.init(key(3)), loss: lossOf(teacher), optimizer: momentum({ learningRate: 0.1 }), batches: minibatches(digits, { batchSize: 40, key: key(4) }), epochs: 30 });
    const model = mlp({ sizes: [100, 32, 2], activation: "tanh" });
    const fresh = model.init(key(5));
    const options = { loss: lossOf(model), batches: minibatches(parity(few), { batchSize: 20, key: key(6) }), epochs: 20 } as const;
    const start = transferByPath(trained.params, fresh, ["layers[0]"]);
    const transferred = await fit({ ...options, params: start, optimizer: freeze(momentum({ learningRate: 0.1 }), (path) => path.startsWith("layers[1]")) });
    const scratch = await fit({ ...options, params: fresh, optimizer: momentum({ learningRate: 0.1 }) });
    expect(changedPaths(start, transferred.params)).toEqual(["layers[1].weight", "layers[1].bias"]);
    expect(transferred.params.layers[0]?.weight.readSync()).toEqual(trained.params.layers[0]?.weight.readSync());
    const unseen = parity(drawDigits({ count: 500, key: key(7), size: 10 }));
    const reached = accuracyOn(model, transferred.params, unseen);
    expect(reached).toBeGreaterThan(0.85);
    expect(accuracyOn(model, scratch.params, unseen)).toBeLessThan(reached - 0.1);
  });
});
