import type { KernelValue } from "../../compile/kernel.ts";
import { operandsOf } from "../../compile/stages.ts";
import { failInternally } from "../../errors.ts";

/** A value with other operands. */
function withOperands(value: KernelValue, renumber: (operand: number) => number): KernelValue {
  switch (value.kind) {
    case "function":
      return { ...value, operands: value.operands.map(renumber) };
    case "random":
      return { ...value, keys: [renumber(value.keys[0]), renumber(value.keys[1])] };
    case "reduce":
      return { ...value, operand: renumber(value.operand) };
    default:
      return value;
  }
}

/** A value of a body under its number. */
export function valueAt(values: readonly KernelValue[], id: number): KernelValue {
  return values[id] ?? failInternally(`kernel value ${String(id)} does not exist`);
}

/** The part of a body that one value needs, renumbered. */
export interface Part {
  readonly values: KernelValue[];
  readonly result: number;
}

/**
 * Cuts out of a body what one value needs.
 *
 * @param values - The body.
 * @param root - The value wanted.
 * @param replaced - Values that are loaded instead of computed.
 */
export function extract(values: readonly KernelValue[], root: number, replaced: ReadonlyMap<number, KernelValue>): Part {
  const kept: KernelValue[] = [];
  const numbers = new Map<number, number>();
  const visit = (id: number): number => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    const value = replaced.get(id) ?? withOperands(valueAt(values, id), visit);
    numbers.set(id, kept.push(value) - 1);
    return kept.length - 1;
  };
  return { result: visit(root), values: kept };
}

/** The reductions that a value needs before it can be computed, not those inside of these. */
export function outerReductions(values: readonly KernelValue[], root: number, replaced: ReadonlyMap<number, KernelValue>): number[] {
  const found = new Set<number>();
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (seen.has(id) || replaced.has(id)) return;
    seen.add(id);
    const value = valueAt(values, id);
    if (value.kind === "reduce") found.add(id);
    else for (const operand of operandsOf(value)) visit(operand);
  };
  visit(root);
  return [...found];
}
