import type { Tensor, TensorTree } from "@opt/core";
import { compile, treeLeaves, treePaths, valueAndGrad } from "@opt/core";
import { countNonFinite } from "./step.ts";

/** The first tensor of a step that held an infinite or NaN element. */
export interface NonFinite {
  /** The step, counted from 1, that was not taken. */
  readonly step: number;
  /** Its epoch. */
  readonly epoch: number;
  /** `params.…`, `batch.…`, `loss`, `gradients.…` or, where only the update is too large, `updates.…`; the first in this order. */
  readonly path: string;
  /** How many of the tensor's elements are infinite or NaN. */
  readonly count: number;
  /** How many elements it has. */
  readonly size: number;
}

/** A tensor of a step by its path. */
interface Place {
  readonly path: string;
  readonly size: number;
  readonly count: Tensor;
}

function joinRoot(root: string, path: string): string {
  return path === "" || path.startsWith("[") ? `${root}${path}` : `${root}.${path}`;
}

function placesOf(root: string, tree: TensorTree): Place[] {
  const paths = treePaths(tree);
  return treeLeaves(tree).flatMap((leaf, index) => {
    if (leaf.dtype !== "f32" && leaf.dtype !== "f64") return [];
    return [{ path: joinRoot(root, paths[index] ?? ""), size: leaf.size, count: countNonFinite(leaf) }];
  });
}

/**
 * Repeats a step that went wrong without taking it, and finds the first tensor that is not finite. This is kept out of the
 * training step, which therefore pays nothing for it.
 */
export async function findNonFinite<Params extends TensorTree, Batch extends TensorTree>(
  loss: (params: Params, batch: Batch) => Tensor,
  params: Params,
  batch: Batch,
): Promise<{ path: string; count: number; size: number }> {
  let places: Place[] = [];
  const counts = compile(
    (traced: Params, tracedBatch: Batch): Tensor[] => {
      const [value, gradients] = valueAndGrad(loss)(traced, tracedBatch);
      places = [...placesOf("params", traced), ...placesOf("batch", tracedBatch), ...placesOf("loss", value), ...placesOf("gradients", gradients)];
      return places.map(({ count }) => count);
    },
    { donate: [] },
  )(params, batch);
  for (const [index, { path, size }] of places.entries()) {
    const [count = 0] = (await counts[index]?.read()) ?? [];
    if (count > 0) return { path, count, size };
  }
  return { path: "loss", count: 1, size: 1 };
}

/**
 * Finds a parameter that the first update overflowed. An absurd learning rate does so with a finite loss and finite
 * gradients, which is all that a step checks by itself; checking every update would cost a tenth of a step.
 */
export async function findOverflow(params: TensorTree): Promise<{ path: string; count: number; size: number } | undefined> {
  const paths = treePaths(params);
  for (const [index, leaf] of treeLeaves(params).entries()) {
    const count = Array.from(await leaf.read()).filter((element) => !Number.isFinite(element)).length;
    if (count > 0) return { path: joinRoot("updates", paths[index] ?? ""), count, size: leaf.size };
  }
  return undefined;
}

/** Says what happened and what to try. */
export function describeNonFinite({ step, epoch, path, count, size }: NonFinite): string {
  const many = size === 1 ? "is" : `holds ${String(count)} of ${String(size)} elements that are`;
  const cause = `step ${String(step)} (epoch ${String(epoch)}) was not taken, because ${path} ${many} infinite or NaN`;
  if (path.startsWith("params") && step > 1) {
    // The step before had a finite loss and finite gradients, so the update alone was too large for the dtype.
    return `${cause}: the update of step ${String(step - 1)} overflowed. Start again from the parameters given to fit, which are unchanged, with a far smaller learning rate.`;
  }
  const kept = step === 1 ? "the initial parameters and state" : `the parameters and state after step ${String(step - 1)}`;
  return `${cause}; ${kept} are kept. ${remedy(path)}`;
}

function remedy(path: string): string {
  if (path.startsWith("batch")) return "Look for missing values and divisions by zero in the data.";
  if (path.startsWith("params")) return "Look at the initializer, or at where the parameters were loaded from.";
  if (path.startsWith("updates")) return "The loss and its gradients are finite: the learning rate is far too large.";
  return "Try a smaller learning rate or a warm-up, clip the gradients (clipByGlobalNorm), and compute losses from logits.";
}
