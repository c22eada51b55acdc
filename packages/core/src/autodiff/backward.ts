import { add } from "../ops/arithmetic.ts";
import { zerosLike } from "../ops/creation.ts";
import type { PrimitiveName } from "../graph/primitives.ts";
import { nextMark, visitOperandsFirst } from "../tensor/marks.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ResultOf } from "./derivative-rules.ts";
import { derivativeRules } from "./derivative-rules.ts";

type AnyRule = (output: ResultOf<PrimitiveName>, ...inputs: readonly Tensor[]) => readonly (((g: Tensor) => Tensor) | undefined)[];

/** In place of a tensor's number: it depends on no target. */
const independent = -1;

/**
 * Reverse-mode differentiation: the products of `seed` with the Jacobian of `output` by each target.
 *
 * @param output - The tensor to differentiate.
 * @param seed - What flows in at the output, of its shape.
 * @param targets - The tensors to differentiate by.
 * @returns For each target a tensor of its shape; zeros where the output does not depend on it.
 */
export function backward(output: Tensor, seed: Tensor, targets: readonly Tensor[]): Tensor[] {
  // The targets, and then the tensors between them and the output, operands first: each notes its place as `walkNumber`.
  const ordered = [...targets];
  const walk = nextMark();
  targets.forEach((target, number) => {
    target.walk = walk;
    target.walkNumber = number;
  });
  visitOperandsFirst([output], walk, (tensor) => {
    tensor.walkNumber = tensor.inputs.some(({ walkNumber }) => walkNumber >= 0) ? ordered.push(tensor) - 1 : independent;
  });
  const gradients: (Tensor | undefined)[] = ordered.map((node) => (node === output ? seed : undefined));
  for (let number = ordered.length - 1; number >= targets.length; number--) {
    const node = ordered[number];
    const gradient = gradients[number];
    if (node === undefined || gradient === undefined) continue;
    // The table is total over the names, but TypeScript cannot pair a union member with its own rule.
    const rule = derivativeRules[node.operation.name] as unknown as AnyRule;
    const operandGradients = rule(node, ...node.inputs);
    node.inputs.forEach(({ walkNumber }, index) => {
      const flow = walkNumber >= 0 ? operandGradients[index] : undefined;
      if (flow === undefined) return;
      const contribution = flow(gradient);
      const earlier = gradients[walkNumber];
      gradients[walkNumber] = earlier === undefined ? contribution : add(earlier, contribution);
    });
  }
  return targets.map((target) => gradients[target.walkNumber] ?? zerosLike(target));
}
