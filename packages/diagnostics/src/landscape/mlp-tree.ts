import type { Tensor } from "@opt/core";
import { checkNumber, describeValue, fail, fromArray, Tensor as TensorClass } from "@opt/core";

/** The parameters of a stack of dense layers, as `mlp` of `@opt/nn` makes them: weights [inputs, outputs] and biases [outputs]. */
export type LayeredParams = { readonly layers: readonly { readonly weight: Tensor; readonly bias: Tensor }[] };

/** A hidden layer: the tensors that its units stand in. */
export interface HiddenLayer {
  readonly units: number;
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** The weights of the next layer, [units, outputs]. */
  readonly outgoing: Tensor;
}

/** Finds a hidden layer and checks that its tensors fit together. */
export function hiddenLayer(where: string, params: LayeredParams, layer: number): HiddenLayer {
  const layers: unknown = params?.layers;
  if (!Array.isArray(layers) || layers.length < 2) {
    return fail("tree", `${where}: params.layers must be a list of two or more { weight, bias }, as mlp of @opt/nn makes them; got ${describeValue(layers)}.`);
  }
  checkNumber(where, "layer", layer, { min: 0, max: layers.length - 2, integer: true });
  const [own, next] = [params.layers[layer]!, params.layers[layer + 1]!];
  const { weight, bias } = own;
  const outgoing = next.weight;
  const units = bias instanceof TensorClass && bias.rank === 1 ? bias.size : -1;
  const fits = weight instanceof TensorClass && weight.rank === 2 && weight.shape[1] === units && outgoing instanceof TensorClass && outgoing.rank === 2 && outgoing.shape[0] === units;
  if (!fits) {
    const show = (value: unknown): string => (value instanceof TensorClass ? value.toString() : describeValue(value));
    return fail("shape", `${where}: layer ${String(layer)} must have a weight [inputs, units], a bias [units] and, after it, a weight [units, outputs]; got ${show(weight)}, ${show(bias)} and ${show(outgoing)}.`);
  }
  return { units, weight, bias, outgoing };
}

/** The same tensor with each element computed anew from its row and column; a vector is one row. */
export function mapElements(x: Tensor, element: (at: (row: number, column: number) => number, row: number, column: number) => number): Tensor {
  const elements = x.readSync();
  const columns = x.shape[x.rank - 1] ?? 1;
  const at = (row: number, column: number): number => elements[row * columns + column]!;
  return fromArray(elements.map((_, index) => element(at, Math.floor(index / columns), index % columns)), x.shape);
}

/** The parameters with other tensors in a hidden layer. */
export function withHiddenLayer<P extends LayeredParams>(params: P, layer: number, { weight, bias, outgoing }: Omit<HiddenLayer, "units">): P {
  const layers = params.layers.map((each, index) => {
    if (index === layer) return { ...each, weight, bias };
    return index === layer + 1 ? { ...each, weight: outgoing } : each;
  });
  return { ...params, layers };
}
