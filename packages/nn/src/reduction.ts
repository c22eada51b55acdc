import type { Tensor } from "@opt/core";
import { describeValue, fail, nearest } from "@opt/core";
import { show } from "./check.ts";

/** What becomes of the losses of the examples: their mean, their sum, or nothing. */
export type Reduction = "mean" | "sum" | "none";

/** Options that all losses have. */
export interface LossOptions {
  /** Default `mean`. */
  readonly reduction?: Reduction;
}

const reductions: readonly Reduction[] = ["mean", "sum", "none"];

/** Reduces a tensor of losses as the option says. @internal */
export function reduceLoss(where: string, losses: Tensor, reduction: Reduction = "mean"): Tensor {
  if (reduction === "mean") return losses.mean();
  if (reduction === "sum") return losses.sum();
  if (reduction === "none") return losses;
  const suggestion = typeof reduction === "string" ? nearest(reduction, reductions) : undefined;
  const hint = suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
  return fail("option", `${where}({ reduction }): must be one of ${reductions.join(", ")}; got ${describeValue(reduction)}.${hint}`);
}

/** Checks that two operands have one shape, because broadcasting them would give a plausible but wrong loss. @internal */
export function checkSameShape(where: string, nameA: string, a: Tensor, nameB: string, b: Tensor): void {
  if (a.rank === b.rank && a.shape.every((length, axis) => length === b.shape[axis])) return;
  fail("shape", `${where}(${nameA}, ${nameB}): shapes must be equal; got ${nameA} = ${show(a)}, ${nameB} = ${show(b)}. Reshape one of them: losses do not broadcast.`);
}
