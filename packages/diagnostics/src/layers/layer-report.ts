import type { Tensor, TensorTree } from "@opt/core";
import { checkOptions, compile, greaterEqual, lessEqual, logicalOr, treeLeaves, treePaths } from "@opt/core";
import { checkFunction, checkParams } from "../checks.ts";
import type { Growth, GrowthOptions } from "../gradients/growth.ts";
import { checkGrowthOptions, growth } from "../gradients/growth.ts";
import type { LeafRange, TensorRange, RangeTensors } from "./ranges.ts";
import { deadUnits, rangeOf, readRange, share } from "./ranges.ts";
import type { Tapped, TappedLoss } from "./taps.ts";
import { differentiateTapped } from "./taps.ts";

/** What went on at a value that the loss marked. */
export interface LayerRecord {
  /** The name it was marked with. */
  readonly name: string;
  readonly activation: TensorRange;
  /** The gradient of the loss by the value. */
  readonly gradient: TensorRange;
  /** The share of units (positions on the last axis) that are 0 for every example, in [0, 1]. */
  readonly deadUnits: number;
  /** The share of activations within a twentieth of the limits' distance from a limit, in [0, 1]; undefined without limits. */
  readonly saturated: number | undefined;
}

/** What went on inside a loss. */
export interface LayerReport {
  readonly loss: number;
  /** The marked values in the order in which they were computed: by layer, or by time. */
  readonly layers: readonly LayerRecord[];
  /** The gradients by the parameters. */
  readonly parameters: readonly LeafRange[];
  /** How the activations' standard deviation grows on the way forward; undefined for a single marked value. */
  readonly forward: Growth | undefined;
  /** How the gradient's norm grows on the way back, from the last marked value to the first; undefined for a single one. */
  readonly backward: Growth | undefined;
}

function saturatedShare({ value, limits }: Tapped): Tensor | undefined {
  if (limits === undefined) return undefined;
  const [lower, upper] = limits;
  const margin = (upper - lower) / 20;
  return share(logicalOr(lessEqual(value, lower + margin), greaterEqual(value, upper - margin)));
}

/** The tensors of a {@link LayerRecord}. */
type LayerTensors = {
  readonly name: string;
  readonly activation: RangeTensors;
  readonly gradient: RangeTensors;
  readonly deadUnits: Tensor;
  readonly saturated: Tensor | undefined;
};

function readLayer({ name, activation, gradient, deadUnits: dead, saturated }: LayerTensors): LayerRecord {
  return { name, activation: readRange(activation), gradient: readRange(gradient), deadUnits: dead.item(), saturated: saturated?.item() };
}

/**
 * The ranges of activations and gradients in every layer or at every time step, with dead and saturated units, and whether signals
 * vanish or explode on their way forward and gradients on their way back.
 *
 * The loss marks what is to be looked at with its third argument: `h = tap("hidden", tanh(x))`. For a model whose activation is a
 * function, such as `mlp` of `@opt/nn`, wrap that function.
 *
 * @param loss - A function `(params, batch, tap)` that returns a rank-0 tensor; it is compiled once. See {@link Tap}.
 * @param options - The threshold of {@link growth}.
 * @returns A function of `(params, batch)` that returns the {@link LayerReport}.
 * @throws OptError `option` for bad options; the function throws `data` for a loss that marks nothing, and what the loss throws.
 *
 * @example
 * ```ts
 * import { key, relu, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { layerReport } from "@opt/diagnostics";
 * import type { Tap } from "@opt/diagnostics";
 * import { mlp } from "@opt/nn";
 * import type { MlpParams } from "@opt/nn";
 *
 * const sizes = [2, 8, 8, 1];
 * const loss = (params: MlpParams, x: Tensor, tap: Tap) =>
 *   mlp({ sizes, activation: (h) => tap("hidden", relu(h)) }).apply(params, x).pow(2).mean();
 * const { layers, backward } = layerReport(loss)(mlp({ sizes }).init(key(1)), tensor([[1, 2], [3, 4]]));
 * layers.map(({ name, deadUnits }) => `${name}: ${deadUnits}`); // ["hidden[0]: …", "hidden[1]: …"]
 * backward?.verdict; // "stable"
 * ```
 *
 * @see Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010; Goodfellow, Bengio and Courville,
 * Deep Learning, sections 8.2.5 and 8.4.
 */
export function layerReport<P extends TensorTree, Batch>(loss: TappedLoss<P, Batch>, options: GrowthOptions = {}): (params: P, batch: Batch) => LayerReport {
  checkFunction("layerReport", "loss", loss, "(params, batch, tap) => tensor");
  checkOptions("layerReport", options, ["threshold"]);
  checkGrowthOptions("layerReport", options);
  const measure = compile(
    (params: P, batch: Batch): { loss: Tensor; layers: LayerTensors[]; parameters: RangeTensors[] } => {
      const { loss: value, tapped, gradients } = differentiateTapped("layerReport", loss, params, batch);
      const layers = tapped.map((each) => ({
        name: each.name,
        activation: rangeOf(each.value),
        gradient: rangeOf(each.gradient),
        deadUnits: deadUnits(each.value),
        saturated: saturatedShare(each),
      }));
      return { loss: value, layers, parameters: treeLeaves(gradients).map(rangeOf) };
    },
    { donate: [] },
  );
  return (params, batch) => {
    checkParams("layerReport", "params", params);
    const { loss: value, layers, parameters } = measure(params, batch);
    const paths = treePaths(params);
    const records = layers.map(readLayer);
    const several = records.length > 1;
    return {
      loss: value.item(),
      layers: records,
      parameters: parameters.map((range, index) => ({ path: paths[index] ?? "", ...readRange(range) })),
      forward: several ? growth(records.map(({ activation }) => activation.standardDeviation), options) : undefined,
      backward: several ? growth(records.map(({ gradient }) => gradient.norm).reverse(), options) : undefined,
    };
  };
}
