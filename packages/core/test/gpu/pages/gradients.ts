import { compile, grad, hvp, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { Case, Inputs } from "../../derivative-cases.ts";
import { composedCases, derivativeCases } from "../../derivative-cases.ts";
import { difference, evaluateReference } from "../../reference.ts";
import type { Group } from "./checks.ts";
import { ulpsOfGpu } from "./gpu-precision.ts";

/** Different weights for all elements, so that no two derivatives can be mistaken for each other. */
function weights(like: Tensor): Tensor {
  return tensor(Float32Array.from({ length: like.size }, (_, index) => Math.cos(1 + index)), { shape: like.shape });
}

/** First derivatives of a weighted sum of a function's elements, and its second ones along a direction. */
function derivatives(fn: (inputs: Inputs) => Tensor): (inputs: Inputs) => Tensor[] {
  const loss = (inputs: Inputs): Tensor => {
    const result = fn(inputs);
    return result.mul(weights(result)).sum();
  };
  return (inputs) => [...grad(loss)(inputs), ...hvp(loss)(inputs, inputs.map(weights))];
}

/** Gradients and their gradients of every primitive and of compositions, against the naive reference of the same graph. */
export const gradients: Group = async (backend, check) => {
  const compare = (name: string, { fn, inputs }: Case): Promise<void> =>
    check(name, async () => {
      const all = derivatives(fn);
      const expected = evaluateReference(all(inputs()), ulpsOfGpu);
      const actual = compile((own: Inputs) => all(own), { donate: [], backend })(inputs());
      const read = await Promise.all(actual.map((derivative) => derivative.read()));
      for (const [index, wanted] of expected.entries()) {
        const [found, elements] = [actual[index], read[index]];
        const wrong = found === undefined ? "missing" : difference(wanted, found, elements);
        if (wrong !== undefined) return `derivative ${String(index)}: ${wrong}`;
      }
      return undefined;
    });
  // Every kernel is compiled, so of many cases of one primitive the strangest must do; graphs of all shapes are fuzzed.
  for (const [name, cases] of Object.entries(derivativeCases("f32"))) {
    const last = typeof cases === "string" ? undefined : cases.at(-1);
    if (last !== undefined) await compare(name, last);
  }
  for (const [name, each] of Object.entries(composedCases("f32"))) await compare(name, each);
};
