import type { TensorTree } from "@opt/core";
import { applyUpdates, compile, grad, treeMap } from "@opt/core";
import type { Trained, TrainingStage } from "../../src/index.ts";

/** One epoch of gradient descent that takes the parameters it is given for itself, as a compiled step does. */
export function trainInPlace<Params extends TensorTree, Batch extends TensorTree>(stage: TrainingStage<Params, Batch>): Trained<Params> {
  const step = compile((params: Params, batch: Batch): Params => applyUpdates(params, treeMap((gradient) => gradient.mul(-0.1), grad(stage.loss)(params, batch))));
  let { params } = stage;
  for (const batch of stage.batches.epoch(0)) params = step(params, batch);
  return { params };
}
