import { laneCountOf } from "./plan.ts";
import type { MatmulPlan, PanelGroup } from "./plan.ts";
import type { MatmulShape } from "./spec.ts";

/** How threads may share a product: which way C is cut, and where it may be cut, ascending from 0 to its whole length. */
export interface ProductSplit {
  readonly part: "rows" | "columns";
  readonly cuts: readonly number[];
}

/** Fewer multiplications than this are done before another thread is awake. */
const splitWork = 65_536;

function cutsOf(groups: readonly { readonly from: number; readonly to: number; readonly step: number }[], end: number): number[] {
  const cuts = groups.flatMap(({ from, to, step }) => Array.from({ length: Math.ceil((to - from) / step) }, (_, tile) => from + tile * step));
  return [...cuts, end];
}

function rowCuts({ rows }: PanelGroup, m: number): number[] {
  return cutsOf(rows.map(({ from, to, height }) => ({ from, to, step: height })), m);
}

/**
 * Chooses how threads share a product. Each thread packs what it needs: the operand that a cut divides is packed once, the other one
 * by every thread. So C is cut along the larger packed operand.
 *
 * @param shape - The product.
 * @param plan - Its tiles.
 * @returns The split, or undefined where the work is too little.
 */
export function splitProduct(shape: MatmulShape, plan: MatmulPlan): ProductSplit | undefined {
  const { m, n, k, dtype } = shape;
  if (m * n * k < splitWork) return undefined;
  const lanes = laneCountOf(dtype);
  const columns = cutsOf(plan.panels.map(({ from, to, vectors }) => ({ from, to, step: vectors * lanes })), n);
  // A row may be cut only where the tiles of all panels end.
  const [first = [], ...others] = plan.panels.map((panel) => rowCuts(panel, m));
  const rows = first.filter((cut) => others.every((other) => other.includes(cut)));
  const preferred = plan.packB && (!plan.packA || n > m) ? "columns" : "rows";
  const split: Readonly<Record<ProductSplit["part"], readonly number[]>> = { rows, columns };
  const part = split[preferred].length > 2 ? preferred : preferred === "rows" ? "columns" : "rows";
  return split[part].length > 2 ? { part, cuts: split[part] } : undefined;
}
