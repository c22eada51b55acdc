import { applyUpdates, globalNorm, tensor, treeDot, treeFlatten, treeLeaves, treeMap, treeMapWithPath, treePaths, treeUnflatten } from "@opt/core";
import type { StateTree, Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";

const make = (scale: number): { layers: { weight: Tensor; bias: Tensor }[]; gain: Tensor } => ({
  layers: [{ weight: tensor([scale, 2 * scale]), bias: tensor([3 * scale]) }],
  gain: tensor(scale),
});
const elements = (tree: StateTree): unknown[] => treeLeaves(tree).map((leaf) => (typeof leaf === "number" ? leaf : [...leaf.readSync()]));

describe("trees", () => {
  it("name their leaves in order", () => {
    expect(treePaths(make(1))).toEqual(["layers[0].weight", "layers[0].bias", "gain"]);
    expect(treePaths(tensor(1))).toEqual([""]);
    expect(treePaths([])).toEqual([]);
  });

  it("come apart and together again", () => {
    const tree = { a: tensor(1), list: [2, { b: tensor([3]) }], empty: {} };
    const { leaves, structure } = treeFlatten(tree);
    expect(leaves).toHaveLength(3);
    expect(treeUnflatten(structure, leaves)).toEqual(tree);
    expect(elements(treeUnflatten(structure, [tensor(5), 6, tensor(7)]))).toEqual([[5], 6, [7]]);
  });

  it("are mapped leaf by leaf, with paths, beside other trees", () => {
    const result = treeMap((a, b = a) => a.add(b), make(1), make(10));
    expect(elements(result)).toEqual([[11, 22], [33], [11]]);
    expect(Object.keys(result)).toEqual(["layers", "gain"]);
    const seen: string[] = [];
    treeMapWithPath((path, leaf) => { seen.push(path); return leaf; }, make(1));
    expect(seen).toEqual(treePaths(make(1)));
  });

  it("are matched by key, whatever the order of keys", () => {
    const result = treeMap((a, b = a) => a.sub(b), { x: tensor(5), y: tensor(7) }, { y: tensor(1), x: tensor(2) });
    expect(elements(result)).toEqual([[3], [6]]);
  });

  it("say where they differ", () => {
    const first = make(1);
    const differing: readonly StateTree[] = [
      { layers: first.layers }, { ...first, extra: tensor(1) }, { ...first, layers: [] }, { ...first, layers: [...first.layers, tensor(1)] },
      { ...first, gain: [tensor(1)] }, { ...first, layers: tensor(1) },
    ];
    const messages = differing.map((other) => {
      try {
        treeMap((a) => a, first, other as never);
        return "no error";
      } catch (error) {
        return String(error);
      }
    });
    expect(messages).toMatchInlineSnapshot(`
      [
        "OptError: treeMap: the trees differ in structure at gain: only one of them has it.",
        "OptError: treeMap: the trees differ in structure at extra: only one of them has it.",
        "OptError: treeMap: the trees differ in structure at layers[0]: only one of them has it.",
        "OptError: treeMap: the trees differ in structure at layers[1]: only one of them has it.",
        "OptError: treeMap: the trees differ in structure at gain: one has a leaf, the other [a value of class Tensor].",
        "OptError: treeMap: the trees differ in structure at layers: one has a container, the other a tensor.",
      ]
    `);
  });

  it("refuse other leaves", () => {
    expect(() => treePaths({ a: [new Map()] } as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: a[0]: leaves are tensors or numbers, in plain arrays and objects; got a value of class Map.]`);
    expect(() => treeLeaves({ weights: new Float32Array(3) } as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: weights: leaves are tensors or numbers, in plain arrays and objects; got a value of class Float32Array.]`);
  });

  it("have a norm, an inner product and updates", () => {
    const tree = { a: tensor([3, 0]), b: [tensor([[4]])] };
    expect(globalNorm(tree).item()).toBe(5);
    expect(treeDot(tree, treeMap((leaf) => leaf.mul(2), tree)).item()).toBe(50);
    expect(globalNorm([]).item()).toBe(0);
    expect(treeDot([], []).item()).toBe(0);
    expect(elements(applyUpdates(tree, treeMap((leaf) => leaf.mul(-0.5), tree)))).toEqual([[1.5, 0], [2]]);
  });
});
