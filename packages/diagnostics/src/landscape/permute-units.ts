import type { Key } from "@opt/core";
import { describeValue, fail, hostPermutation } from "@opt/core";
import type { LayeredParams } from "./mlp-tree.ts";
import { hiddenLayer, mapElements, withHiddenLayer } from "./mlp-tree.ts";

function checkOrder(order: readonly number[], units: number): void {
  const sorted = order instanceof Array ? [...order].sort((a, b) => a - b) : [];
  if (sorted.length === units && sorted.every((unit, index) => unit === index)) return;
  fail("option", `permuteUnits(params, layer, order): order must name each of the ${String(units)} units 0 … ${String(units - 1)} once; got ${describeValue(order)}.`);
}

/**
 * Exchanges the hidden units of a layer: unit j becomes the one that was `order[j]`, `W[:, j] ← W[:, order[j]]`, `b[j] ← b[order[j]]`,
 * `V[j, :] ← V[order[j], :]`. The network computes the same, up to the rounding of sums in another order.
 *
 * With m hidden layers of n units there are `(n!)ᵐ` such copies of every minimum.
 *
 * @param params - A stack of dense layers, `{ layers: [{ weight, bias }, …] }`; it stays as it is.
 * @param layer - The number of the hidden layer, counted from 0; the last layer is not hidden.
 * @param order - Which old unit each new one is; see {@link randomOrder}.
 * @returns Parameters of the same structure.
 * @throws OptError `tree` or `shape` for other parameters; `option` for a layer that does not exist or an order that is not a permutation.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { permuteUnits } from "@opt/diagnostics";
 *
 * const params = { layers: [{ weight: tensor([[1, 2, 3]]), bias: tensor([4, 5, 6]) }, { weight: tensor([[7], [8], [9]]), bias: tensor([0]) }] };
 * const [first, last] = permuteUnits(params, 0, [2, 0, 1]).layers;
 * first?.weight.readSync() ?? []; // [3, 1, 2]
 * last?.weight.readSync() ?? []; // [9, 7, 8]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.2.
 */
export function permuteUnits<P extends LayeredParams>(params: P, layer: number, order: readonly number[]): P {
  const { units, weight, bias, outgoing } = hiddenLayer("permuteUnits", params, layer);
  checkOrder(order, units);
  return withHiddenLayer(params, layer, {
    weight: mapElements(weight, (at, row, unit) => at(row, order[unit]!)),
    bias: mapElements(bias, (at, row, unit) => at(row, order[unit]!)),
    outgoing: mapElements(outgoing, (at, unit, column) => at(order[unit]!, column)),
  });
}

/**
 * A random order of units for {@link permuteUnits}.
 *
 * @param key - Where it comes from; the same key gives the same order.
 * @param units - How many units.
 * @returns Each of 0 … units − 1 once.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { randomOrder } from "@opt/diagnostics";
 *
 * randomOrder(key(1), 4).sort(); // [0, 1, 2, 3]
 * ```
 */
export function randomOrder(key: Key, units: number): number[] {
  return Array.from(hostPermutation(key, units));
}
