import { checkNumber, checkOptions, fail, hostRandomNormal, hostRandomUniform, splitKey, tensor } from "@opt/core";
import type { Initializer } from "@opt/core";
import { checkHostKey } from "./host-key.ts";

/** Options of {@link sparse}. */
export interface SparseOptions {
  /** How many inputs each unit starts connected to, k ≥ 1; all of them where there are fewer. Default 15. */
  readonly connections?: number;
  /** Of the weights that are not 0, > 0. Default 1. */
  readonly standardDeviation?: number;
}

/**
 * Makes an initializer that connects each unit to k of its inputs, chosen at random: `w ~ N(0, standardDeviation²)` there, else 0.
 *
 * The total input to a unit then does not depend on the number of inputs, and no weight has to be tiny; units also differ more from each other.
 * Leading axes beyond two are taken together as inputs.
 *
 * @param options - Connections and standard deviation.
 * @returns The initializer, for weights of two or more axes, whose last one is the units. It works on the host, so its key must be made of numbers.
 * @throws OptError `option` for a bad option; the initializer throws `shape` for fewer than two axes and `trace` for a traced key.
 *
 * @example
 * ```ts
 * import { key, notEqual, where } from "@opt/core";
 * import { sparse } from "@opt/init";
 *
 * const weight = sparse({ connections: 3 })(key(1), [100, 2]);
 * where(notEqual(weight, 0), 1, 0).sum(0).readSync(); // [3, 3]
 * ```
 *
 * @see Martens, "Deep learning via Hessian-free optimization", 2010, section 5; Goodfellow, Bengio and Courville, Deep Learning, section 8.4. PyTorch's
 * `sparse_` states the share that is 0 instead, with a standard deviation of 0.01.
 */
export function sparse(options: SparseOptions = {}): Initializer {
  checkOptions("sparse", options, ["connections", "standardDeviation"]);
  const connections = checkNumber("sparse", "connections", options.connections ?? 15, { min: 1, integer: true });
  const standardDeviation = checkNumber("sparse", "standardDeviation", options.standardDeviation ?? 1, { above: 0 });
  return (key, shape, { dtype = "f32" } = {}) => {
    checkHostKey("sparse", key);
    const units = shape.at(-1);
    if (units === undefined || shape.length < 2) {
      return fail("shape", `sparse: needs two or more axes, [fan in, fan out]; got [${shape.join(", ")}]. Use zeros() or constant(value) for a bias.`);
    }
    const inputs = shape.slice(0, -1).reduce((product, length) => product * length, 1);
    const count = Math.min(connections, inputs);
    const [choiceKey, valueKey] = splitKey(key, 2);
    const choices = hostRandomUniform(choiceKey, units * count);
    const values = hostRandomNormal(valueKey, units * count);
    const data = dtype === "f64" ? new Float64Array(inputs * units) : new Float32Array(inputs * units);
    // The first `count` places of a shuffle are a random choice, from whatever order it begins.
    const order = Uint32Array.from({ length: inputs }, (_, index) => index);
    for (let unit = 0; unit < units; unit++) {
      for (let place = 0; place < count; place++) {
        const draw = unit * count + place;
        const chosen = place + Math.floor((choices[draw] ?? 0) * (inputs - place));
        const input = order[chosen] ?? 0;
        order[chosen] = order[place] ?? 0;
        order[place] = input;
        data[input * units + unit] = standardDeviation * (values[draw] ?? 0);
      }
    }
    return tensor(data, { shape });
  };
}
