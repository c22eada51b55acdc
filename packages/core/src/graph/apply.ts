import { noInputs, Tensor } from "../tensor/tensor.ts";
import type { Operation, OperationOf, PrimitiveName } from "./primitives.ts";
import { shapeRules } from "./shape-rules.ts";

type AnyRule = (operation: Operation, operands: readonly Tensor[]) => { shape: readonly number[]; dtype: Tensor["dtype"] };

/** Adds one primitive to the graph. The shape rule checks the operands. */
export function apply<P extends PrimitiveName>(operation: OperationOf<P>, operands: readonly Tensor[] = noInputs): Tensor {
  // The table is total over the names, but TypeScript cannot pair a union member with its own rule.
  const rule = shapeRules[operation.name] as unknown as AnyRule;
  const whole = operation as unknown as Operation;
  const { shape, dtype } = rule(whole, operands);
  return new Tensor(whole, operands, shape, dtype);
}
