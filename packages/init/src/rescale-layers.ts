import type { Tensor, TensorTree } from "@opt/core";
import { checkNumber, compile, describeValue, fail, sqrt, square, treeMapWithPath, treePaths } from "@opt/core";

/** What every layer makes of a batch, by the path of the layer's parameters, from the first layer to the last: `layerOutputs` of the models of `@opt/nn`. */
export type OutputsOfLayers<Params extends TensorTree, Batch extends TensorTree> = (params: Params, batch: Batch) => Readonly<Record<string, Tensor>>;

/** What the data-driven scales have in common. */
export interface ScaleByDataOptions<Params extends TensorTree, Batch extends TensorTree> {
  /** The parameters to start from, which stay as they are. */
  readonly params: Params;
  /** One minibatch of training inputs. */
  readonly batch: Batch;
  /** What every layer makes of the batch, from the first layer to the last, by the path of the layer's parameters. */
  readonly outputs: OutputsOfLayers<Params, Batch>;
  /** How often the weights of one layer may be changed, ≥ 1. Default 10. */
  readonly maxIterations?: number;
}

/** What became of one layer. */
export interface LayerScale {
  /** Its path. */
  readonly layer: string;
  /** The standard deviation of its outputs before and after its own weights were changed. */
  readonly before: number;
  readonly after: number;
  /** What its weights were multiplied by in all. */
  readonly factor: number;
  readonly iterations: number;
}

/**
 * How a data-driven scale ended: every layer as asked; one or more not within `maxIterations`; or at a layer that cannot be scaled, because its outputs are all
 * alike (`silent`) or not finite.
 */
export type ScaleStatus = "reached" | "not-reached" | "silent" | "non-finite";

/** What a data-driven scale gives. */
export interface ScaledParams<Params extends TensorTree> {
  /** The parameters with the weights of the layers rescaled. */
  readonly params: Params;
  /** One entry for each layer that was looked at, in order. */
  readonly layers: readonly LayerScale[];
  readonly status: ScaleStatus;
  /** What happened and what to try. */
  readonly message: string;
}

function isUnder(path: string, layer: string): boolean {
  return path === layer || path.startsWith(`${layer}.`) || path.startsWith(`${layer}[`);
}

/** Maps the weights of a layer: the tensors of two or more axes at or below its path. Biases stay. */
function mapWeights<Params extends TensorTree>(params: Params, layer: string, map: (weight: Tensor) => Tensor): Params {
  return treeMapWithPath((path, leaf) => (isUnder(path, layer) && leaf.rank >= 2 ? map(leaf) : leaf), params);
}

function checkLayers(where: string, params: TensorTree, layers: readonly string[]): void {
  if (layers.length === 0) fail("option", `${where}({ outputs }): must name one or more layers; got an empty object.`);
  const paths = treePaths(params);
  for (const layer of layers) {
    if (paths.some((path) => isUnder(path, layer))) continue;
    fail("tree", `${where}({ outputs }): names the layer "${layer}", but params have nothing at this path. Paths of params: ${paths.slice(0, 8).join(", ")}${paths.length > 8 ? ", …" : ""}. Leave layers without parameters out.`);
  }
}

function standardDeviation(x: Tensor): Tensor {
  return sqrt(square(x.sub(x.mean())).mean());
}

/**
 * Goes through the layers from the first to the last, and multiplies the weights of each by what `factorFor` says of the standard deviation of its outputs, until
 * it says nothing more.
 *
 * @internal
 */
export async function rescaleLayers<Params extends TensorTree, Batch extends TensorTree>(
  where: string,
  options: ScaleByDataOptions<Params, Batch>,
  factorFor: (deviation: number) => number | undefined,
): Promise<ScaledParams<Params>> {
  const { batch, outputs } = options;
  if (typeof outputs !== "function") fail("option", `${where}({ outputs }): must be a function (params, batch) => ({ layer: tensor, … }); got ${describeValue(outputs)}.`);
  const maxIterations = checkNumber(where, "maxIterations", options.maxIterations ?? 10, { min: 1, integer: true });
  const measure = compile((params: Params, inputs: Batch): Tensor[] => Object.values(outputs(params, inputs)).map(standardDeviation), { donate: [] });
  const deviationOf = async (params: Params, index: number): Promise<number> => (await measure(params, batch)[index]?.read())?.[0] ?? Number.NaN;

  let { params } = options;
  // Tensors are lazy: asking for the names computes nothing.
  const names = Object.keys(outputs(params, batch));
  checkLayers(where, params, names);
  const layers: LayerScale[] = [];
  const unreached: string[] = [];
  for (const [index, layer] of names.entries()) {
    const before = await deviationOf(params, index);
    let after = before;
    let factor = 1;
    let iterations = 0;
    let wanted = factorFor(after);
    while (wanted !== undefined && after > 0 && Number.isFinite(after) && iterations < maxIterations) {
      const change = wanted;
      params = mapWeights(params, layer, (weight) => weight.mul(change));
      factor *= change;
      iterations++;
      after = await deviationOf(params, index);
      wanted = factorFor(after);
    }
    layers.push({ layer, before, after, factor, iterations });
    if (!Number.isFinite(after)) return { params, layers, status: "non-finite", message: `the outputs of ${layer} are infinite or NaN: look for such numbers in the batch, or start from smaller weights.` };
    if (after === 0) return { params, layers, status: "silent", message: `the outputs of ${layer} are the same number everywhere, so no scale changes them: draw with another key, or give rectified units a small positive bias.` };
    if (wanted !== undefined) unreached.push(`${layer} (${after.toPrecision(3)})`);
  }
  if (unreached.length === 0) return { params, layers, status: "reached", message: `all ${String(layers.length)} layers have outputs of the size asked for.` };
  return { params, layers, status: "not-reached", message: `after ${String(maxIterations)} iterations the outputs of ${unreached.join(", ")} still deviate: ask for a size that the activation can have, or allow more iterations.` };
}
