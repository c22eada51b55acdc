import type { Tensor } from "@opt/core";
import { checkOptions, describeValue, fail, tensor } from "@opt/core";
import type { LayeredParams } from "./mlp-tree.ts";
import { hiddenLayer, mapElements, withHiddenLayer } from "./mlp-tree.ts";

/** Options of {@link rescaleUnits}. */
export interface RescaleUnitsOptions {
  /** The activation of the hidden layer: a name that is positively homogeneous, or a function, which is tried out. */
  readonly activation: "relu" | "leaky-relu" | "linear" | ((x: Tensor) => Tensor);
}

const homogeneous: readonly unknown[] = ["relu", "leaky-relu", "linear"];

/** Whether `f(αx) = α f(x)` at some points and powers of two, where f32 computes both sides alike. */
function isHomogeneous(activation: (x: Tensor) => Tensor): boolean {
  const points = [-2.5, -1, -0.3, 0, 0.2, 1, 1.75];
  const valuesAt = (factor: number): number[] => Array.from(activation(tensor(points.map((point) => factor * point), { dtype: "f64" })).readSync());
  const once = valuesAt(1);
  return [0.25, 2, 8].every((factor) => valuesAt(factor).every((value, index) => Math.abs(value - factor * once[index]!) <= 1e-9 * factor * Math.max(1, Math.abs(once[index]!))));
}

function checkActivation(activation: RescaleUnitsOptions["activation"]): void {
  if (homogeneous.includes(activation)) return;
  if (typeof activation === "function" && isHomogeneous(activation)) return;
  const what = typeof activation === "function" ? "a function that is not" : describeValue(activation);
  fail("option", `rescaleUnits({ activation }): must be positively homogeneous, f(αx) = α f(x) for α > 0, such as "relu", "leaky-relu" or "linear"; got ${what}. Use permuteUnits, which fits every activation.`);
}

/**
 * Scales the incoming weights and biases of hidden units and their outgoing weights inversely: `W[:, j] ← αⱼ W[:, j]`, `b[j] ← αⱼ b[j]`,
 * `V[j, :] ← V[j, :] / αⱼ`. With a positively homogeneous activation the network computes the same, although gradients and
 * curvature change: minima of such networks are never isolated.
 *
 * Factors that are powers of two round nothing.
 *
 * @param params - A stack of dense layers, `{ layers: [{ weight, bias }, …] }`; it stays as it is.
 * @param layer - The number of the hidden layer, counted from 0; the last layer is not hidden.
 * @param factors - α for each unit, or one for all; finite and > 0.
 * @param options - The activation after the layer. See {@link RescaleUnitsOptions}.
 * @returns Parameters of the same structure.
 * @throws OptError `tree` or `shape` for other parameters; `option` for a layer that does not exist, factors that are not positive or an activation
 * that is not positively homogeneous.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { rescaleUnits } from "@opt/diagnostics";
 *
 * const params = { layers: [{ weight: tensor([[1, 2]]), bias: tensor([3, 4]) }, { weight: tensor([[5], [6]]), bias: tensor([0]) }] };
 * const [first, last] = rescaleUnits(params, 0, [2, 0.5], { activation: "relu" }).layers;
 * first?.weight.readSync() ?? []; // [2, 1]
 * last?.weight.readSync() ?? []; // [2.5, 12]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.2; Dinh et al., "Sharp minima can generalize for deep nets", 2017.
 */
export function rescaleUnits<P extends LayeredParams>(params: P, layer: number, factors: number | readonly number[], options: RescaleUnitsOptions): P {
  const { units, weight, bias, outgoing } = hiddenLayer("rescaleUnits", params, layer);
  checkOptions("rescaleUnits", options, ["activation"]);
  checkActivation(options?.activation);
  const each = typeof factors === "number" ? Array.from({ length: units }, () => factors) : factors;
  if (!Array.isArray(each) || each.length !== units || !each.every((factor) => Number.isFinite(factor) && factor > 0)) {
    fail("option", `rescaleUnits(params, layer, factors): must be ${String(units)} finite numbers > 0, or one for all units; got ${describeValue(factors)}.`);
  }
  return withHiddenLayer(params, layer, {
    weight: mapElements(weight, (at, row, unit) => at(row, unit) * each[unit]!),
    bias: mapElements(bias, (at, row, unit) => at(row, unit) * each[unit]!),
    outgoing: mapElements(outgoing, (at, unit, column) => at(unit, column) / each[unit]!),
  });
}
