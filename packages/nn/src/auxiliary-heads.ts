import type { Tensor, TensorTree } from "@opt/core";
import { describeValue, fail, splitKey } from "@opt/core";
import { checkModel } from "./check.ts";
import type { LayeredModel, Model, ParamsOf } from "./model.ts";

/** Models by the layer of the trunk whose output they take: `{ "layers[9]": dense(…) }`. */
export type Heads = Readonly<Record<string, Model>>;

/** The parameters of a trunk and its heads. */
export type AuxiliaryParams<Trunk extends TensorTree, OwnHeads extends Heads> = {
  readonly trunk: Trunk;
  readonly heads: TensorTree & { readonly [Layer in keyof OwnHeads]: ParamsOf<OwnHeads[Layer]> };
};

/** What a pass with all heads gives. */
export interface AuxiliaryOutputs {
  /** The output of the trunk. */
  readonly output: Tensor;
  /** The outputs of the heads, in the order in which they were given. */
  readonly auxiliary: readonly Tensor[];
}

/** A model with auxiliary heads; its `apply` is the trunk's. */
export interface AuxiliaryModel<Params extends TensorTree> extends Model<Params> {
  /** The outputs of the trunk and of all heads, for {@link auxiliaryLoss}. */
  outputs(params: Params, x: Tensor): AuxiliaryOutputs;
}

/**
 * Attaches further outputs to the hidden layers of a model. Each is trained for the same task, so that the lower layers get large gradients; afterwards
 * they are thrown away.
 *
 * What is kept or exported after training is the trunk itself with `params.trunk`: it never knew of the heads.
 *
 * @param trunk - The model, such as an `mlp` or `sequential([…])`.
 * @param heads - For each hidden layer with a head, by its name in `layerOutputs`, the head: a model from the layer's output to what the trunk returns.
 * @returns A model with the parameters `{ trunk, heads: { [layer]: … } }`: `outputs` computes all outputs, `apply` only the trunk's.
 * @throws OptError `option` when there is no head or something is no model; `outputs` throws `tree` for a layer that the trunk does not have.
 *
 * @example
 * ```ts
 * import { key, zeros } from "@opt/core";
 * import { auxiliaryHeads, dense, mlp } from "@opt/nn";
 *
 * const trunk = mlp({ sizes: [4, 16, 16, 16, 3] });
 * const model = auxiliaryHeads(trunk, { "layers[1]": dense({ inputs: 16, outputs: 3 }) });
 * const params = model.init(key(1));
 * const { output, auxiliary } = model.outputs(params, zeros([8, 4]));
 * auxiliary.length; // 1
 * // After training:
 * trunk.apply(params.trunk, zeros([8, 4])).shape; // [8, 3]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.7.5; Szegedy et al., "Going deeper with convolutions", 2014; Lee, Xie, Gallagher, Zhang
 * and Tu, "Deeply-supervised nets", 2014.
 */
export function auxiliaryHeads<Trunk extends TensorTree, const OwnHeads extends Heads>(
  trunk: LayeredModel<Trunk>,
  heads: OwnHeads,
): AuxiliaryModel<AuxiliaryParams<Trunk, OwnHeads>> {
  checkModel("auxiliaryHeads(trunk, heads)", "trunk", trunk);
  if (typeof trunk.layerOutputs !== "function") fail("option", "auxiliaryHeads(trunk, heads): trunk must have the function layerOutputs; got a model without. Use sequential([…]) or mlp(…).");
  if (typeof heads !== "object" || heads === null || Object.keys(heads).length === 0) {
    fail("option", `auxiliaryHeads(trunk, heads): heads must give a model for one layer or more, such as { "layers[1]": dense(…) }; got ${describeValue(heads)}.`);
  }
  const entries = Object.entries(heads);
  for (const [layer, head] of entries) checkModel("auxiliaryHeads(trunk, heads)", `heads["${layer}"]`, head);
  return {
    init: (key, options) => {
      const [trunkKey, ...headKeys] = splitKey(key, entries.length + 1);
      const drawn = entries.map(([layer, head], index) => [layer, head.init(headKeys[index] ?? key, options)] as const);
      // The heads' parameters stand under the heads' own names.
      return { trunk: trunk.init(trunkKey ?? key, options), heads: Object.fromEntries(drawn) as AuxiliaryParams<Trunk, OwnHeads>["heads"] };
    },
    apply: (params, x) => trunk.apply(params.trunk, x),
    outputs: (params, x) => {
      const layers = trunk.layerOutputs(params.trunk, x);
      const auxiliary = entries.map(([layer, head]) => {
        const hidden = layers[layer] ?? fail("tree", `auxiliaryHeads(trunk, heads): the trunk has no layer "${layer}". It has ${Object.keys(layers).join(", ")}.`);
        return head.apply((params.heads as Readonly<Record<string, TensorTree>>)[layer] ?? {}, hidden);
      });
      return { output: Object.values(layers).at(-1) ?? x, auxiliary };
    },
  };
}
