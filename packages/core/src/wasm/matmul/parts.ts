import { elementBytesOf, laneCountOf } from "./plan.ts";
import type { MatmulPlan } from "./plan.ts";
import type { MatmulShape, ProductPart } from "./spec.ts";

/** Work that threads share before they meet: which parts it has, and where it may be cut, ascending from 0 to its whole length. */
export interface ProductStep {
  readonly part: ProductPart;
  readonly cuts: readonly number[];
  /** Whether whoever does a part of it packs the whole factor that the cuts do not divide. */
  readonly repeats: boolean;
}

/** Fewer multiplications than this are done before another thread is awake. */
const splitWork = 65_536;

/** With so many pieces for each thread, none has much more to do than another. */
const evenPieces = 4;

/** An A of up to so many bytes stays in the second-level cache of a thread that reads it for each panel; one that is larger is better divided. */
const cachedBytes = 2 ** 20;

function cutsOf(groups: readonly { readonly from: number; readonly to: number; readonly step: number }[], end: number): number[] {
  const cuts = groups.flatMap(({ from, to, step }) => Array.from({ length: Math.ceil((to - from) / step) }, (_, tile) => from + tile * step));
  return [...cuts, end];
}

/**
 * Chooses how threads share a product. Each packs some columns of B and multiplies all rows of A with them: then none reads what another has written, which takes longer
 * than to pack it. Where A would be packed by everyone, or is too large to be read by everyone, they pack B together, meet, and compute rows of C. Where the depth is cut
 * they would have to meet for every block; then each packs what it needs: the factor that a cut divides once, the other one every thread for itself.
 *
 * @param shape - The product.
 * @param plan - Its tiles.
 * @param threads - How many threads there are.
 * @returns What they do between meetings; nothing where the work is too little.
 */
export function splitProduct(shape: MatmulShape, plan: MatmulPlan, threads: number): readonly ProductStep[] {
  const { m, n, k, dtype } = shape;
  if (threads === 1 || m * n * k < splitWork) return [];
  const lanes = laneCountOf(dtype);
  const columns = cutsOf(plan.panels.map(({ from, to, vectors }) => ({ from, to, step: vectors * lanes })), n);
  const rows = cutsOf(plan.rows.map(({ from, to, height }) => ({ from, to, step: height })), m);
  const byRows: ProductStep = { part: "rows", cuts: rows, repeats: plan.packB };
  const byColumns: ProductStep = { part: "columns", cuts: columns, repeats: plan.packA };
  const isEven = columns.length > evenPieces * threads;
  if (plan.packB && !plan.packA && isEven && m * k * elementBytesOf(dtype) <= cachedBytes) return [byColumns];
  if (isCut(byRows) && isCut(byColumns) && plan.packB && plan.blockK >= k) {
    return [{ part: "packing", cuts: columns, repeats: false }, { part: "rowsOfPacked", cuts: rows, repeats: false }];
  }
  const preferred = plan.packB && n > m ? [byColumns, byRows] : [byRows, byColumns];
  return preferred.filter(isCut).slice(0, 1);
}

function isCut({ cuts }: ProductStep): boolean {
  return cuts.length > 2;
}
