import { checkNumber, concatenate, describeValue, fail, full } from "@opt/core";
import type { Initializer } from "@opt/core";

/**
 * Makes an initializer for the biases of several gates that lie one after another in one tensor: block i of the last axis is set to
 * the i-th value.
 *
 * A gate that multiplies a signal had better start open: a unit behind a closed gate, `h · σ(b)` with σ(b) ≈ 0, learns next to nothing. So the
 * forget gate of an LSTM gets a bias of 1, and the gate of a highway layer, which is open for the layer's input when it is small, −1 to −3.
 *
 * @param values - The bias of each gate by its name, in the order in which the gates lie in the tensor; the names are for the reader.
 * @returns The initializer, for shapes whose last length is a multiple of the number of gates; it does not use its key.
 * @throws OptError `option` when there is no gate or a value is not a finite number; the initializer throws `shape` when the gates cannot have
 * equal lengths.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { gateBias } from "@opt/init";
 *
 * const bias = gateBias({ input: 0, forget: 1, candidate: 0, output: 0 })(key(1), [8]);
 * bias.readSync(); // [0, 0, 1, 1, 0, 0, 0, 0]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4; Jozefowicz, Zaremba and Sutskever, "An empirical exploration of recurrent
 * network architectures", 2015 (forget gate 1).
 */
export function gateBias(values: Readonly<Record<string, number>>): Initializer {
  if (typeof values !== "object" || values === null || Object.keys(values).length === 0) {
    fail("option", `gateBias(values): must give the bias of one gate or more by name, such as { input: 0, forget: 1 }; got ${describeValue(values)}.`);
  }
  const biases = Object.entries(values).map(([gate, value]) => checkNumber("gateBias", gate, value));
  return (_key, shape, options) => {
    const last = shape.at(-1) ?? 0;
    if (last === 0 || last % biases.length !== 0) {
      fail("shape", `gateBias: ${String(biases.length)} gates need a last axis that is a multiple of ${String(biases.length)}; got [${shape.join(", ")}].`);
    }
    const block = [...shape.slice(0, -1), last / biases.length];
    return concatenate(biases.map((bias) => full(block, bias, options)), shape.length - 1);
  };
}
