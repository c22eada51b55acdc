import type { KernelStore, KernelValue } from "./kernel.ts";

/** The values that a value is made of directly. */
export function operandsOf(value: KernelValue): readonly number[] {
  switch (value.kind) {
    case "function":
      return value.operands;
    case "random":
      return value.keys;
    case "reduce":
      return [value.operand];
    default:
      return [];
  }
}

/** One pass over the reduced axes of a kernel. */
export interface Stage {
  /** The reductions that are finished when the pass is over. */
  readonly reductions: readonly number[];
  /** The stores that the pass makes, one element for each index of the reduced axes. */
  readonly stores: readonly KernelStore[];
}

/** A kernel's body as passes in order, and what is stored after the last one. */
export interface Staging {
  readonly stages: readonly Stage[];
  readonly lastStores: readonly KernelStore[];
  /** For each value, the first pass that can compute it. */
  readonly readyAt: readonly number[];
}

/**
 * Sorts a kernel's body into passes: a value that uses the result of a reduction can be computed only after the pass that
 * finishes it.
 *
 * @param values - The body.
 * @param stores - What is stored.
 * @param dependsOnReduced - Whether a store writes one element for each index of the reduced axes.
 * @returns The passes. A kernel without reductions has one pass, or none if all its stores come last.
 */
export function stageKernel(
  values: readonly KernelValue[],
  stores: readonly KernelStore[],
  dependsOnReduced: (store: KernelStore) => boolean,
): Staging {
  const readyAt: number[] = [];
  const reductions: number[][] = [];
  const passStores: KernelStore[][] = [];
  values.forEach((value, id) => {
    const ready = operandsOf(value).reduce((latest, operand) => Math.max(latest, readyAt[operand] ?? 0), 0);
    if (value.kind !== "reduce") {
      readyAt[id] = ready;
      return;
    }
    (reductions[ready] ??= []).push(id);
    readyAt[id] = ready + 1;
  });
  const lastStores: KernelStore[] = [];
  for (const store of stores) {
    if (!dependsOnReduced(store)) lastStores.push(store);
    else (passStores[readyAt[store.value] ?? 0] ??= []).push(store);
  }
  const stages = Array.from({ length: Math.max(reductions.length, passStores.length) }, (_, stage) => ({
    reductions: reductions[stage] ?? [],
    stores: passStores[stage] ?? [],
  }));
  return { stages, lastStores, readyAt };
}
