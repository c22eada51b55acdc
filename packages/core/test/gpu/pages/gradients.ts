import { compile, grad, hvp, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { Case, Inputs } from "../../derivative-cases.ts";
import { composedCases, derivativeCases } from "../../derivative-cases.ts";
import { difference, evaluateReference } from "../../reference.ts";
import type { Check, Group } from "./checks.ts";
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

/** Every kernel is compiled, so of many cases of one primitive the plainest and the strangest must do; graphs of all shapes are fuzzed. */
function firstAndLast(cases: readonly Case[]): Case[] {
  return cases.filter((_, index) => index === 0 || index === cases.length - 1);
}

/** Gradients and their gradients of every primitive and of compositions, against the naive reference of the same graph. */
export const gradients: Group = async (backend, check) => {
  const compare: (name: string, cases: readonly Case[]) => ReturnType<Check> = (name, cases) =>
    check(name, async () => {
      const all = cases.map(({ fn }) => derivatives(fn));
      const expected = cases.map(({ inputs }, which) => evaluateReference(all[which]?.(inputs()) ?? [], ulpsOfGpu));
      const run = compile((own: readonly Inputs[]) => own.map((inputs, which) => all[which]?.(inputs) ?? []), { donate: [], backend });
      const actual = run(cases.map(({ inputs }) => inputs()));
      const wrong = await Promise.all(
        actual.flatMap((found, which) =>
          found.map(async (derivative, index) => {
            const wanted = expected[which]?.[index];
            const why = wanted === undefined ? "no reference" : difference(wanted, derivative, await derivative.read());
            return why === undefined ? [] : [`case ${String(which)}, derivative ${String(index)}: ${why}`];
          }),
        ),
      );
      return wrong.flat()[0];
    });
  for (const [name, cases] of Object.entries(derivativeCases("f32"))) if (typeof cases !== "string") await compare(name, firstAndLast(cases));
  for (const [name, each] of Object.entries(composedCases("f32"))) await compare(name, [each]);
};
