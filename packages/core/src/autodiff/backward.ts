import { add } from "../ops/arithmetic.ts";
import { zerosLike } from "../ops/creation.ts";
import type { OperationOf, PrimitiveName } from "../graph/primitives.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DerivativeContext } from "./derivative-rules.ts";
import { derivativeRules } from "./derivative-rules.ts";

type AnyRule = (context: DerivativeContext<PrimitiveName>, ...inputs: readonly Tensor[]) => readonly (((g: Tensor) => Tensor) | undefined)[];

/** The tensors between `output` and the targets, in an order in which operands come first. */
function pathsTo(output: Tensor, targets: ReadonlySet<Tensor>): Tensor[] {
  const depends = new Map<Tensor, boolean>();
  const ordered: Tensor[] = [];
  const pending: Tensor[] = [output];
  for (let current = pending.at(-1); current !== undefined; current = pending.at(-1)) {
    if (depends.has(current)) {
      pending.pop();
      continue;
    }
    let needed = targets.has(current);
    const visited = pending.length;
    if (!needed) {
      for (const input of current.inputs) {
        const through = depends.get(input);
        if (through === undefined) pending.push(input);
        needed ||= through === true;
      }
    }
    if (pending.length > visited) continue;
    pending.pop();
    depends.set(current, needed);
    if (needed) ordered.push(current);
  }
  return ordered;
}

/**
 * Reverse-mode differentiation: the products of `seed` with the Jacobian of `output` by each target.
 *
 * @param output - The tensor to differentiate.
 * @param seed - What flows in at the output, of its shape.
 * @param targets - The tensors to differentiate by.
 * @returns For each target a tensor of its shape; zeros where the output does not depend on it.
 */
export function backward(output: Tensor, seed: Tensor, targets: readonly Tensor[]): Tensor[] {
  const targetSet = new Set(targets);
  const ordered = pathsTo(output, targetSet);
  const onPath = new Set(ordered);
  const gradients = new Map<Tensor, Tensor>([[output, seed]]);
  for (const node of ordered.reverse()) {
    const gradient = gradients.get(node);
    if (gradient === undefined || targetSet.has(node)) continue;
    // The table is total over the names, but TypeScript cannot pair a union member with its own rule.
    const rule = derivativeRules[node.operation.name] as unknown as AnyRule;
    const context = { operation: node.operation as OperationOf<PrimitiveName>, inputs: node.inputs, output: node };
    const operandGradients = rule(context, ...node.inputs);
    node.inputs.forEach((input, index) => {
      const flow = onPath.has(input) ? operandGradients[index] : undefined;
      if (flow === undefined) return;
      const contribution = flow(gradient);
      const earlier = gradients.get(input);
      gradients.set(input, earlier === undefined ? contribution : add(earlier, contribution));
    });
  }
  return targets.map((target) => gradients.get(target) ?? zerosLike(target));
}
