import { failRetired } from "../compile/graph.ts";
import { realize } from "../compile/realize.ts";
import { mapLeaves } from "../compile/to-host.ts";
import { dataOperation, noInputs, Tensor } from "../tensor/tensor.ts";
import type { StateTree } from "../tree/structure.ts";
import type { GpuBackend } from "./device-backend.ts";

/**
 * Copies a tree of tensors to a GPU once, so that no call has to upload it.
 *
 * @param tree - Tensors and numbers.
 * @param backend - What `await gpu()` returned.
 * @returns A tree of the same structure; the original is left alone.
 * @throws OptError `backend` when a tensor is on another GPU, or is f64.
 */
export function toGpu<T extends StateTree>(tree: T, backend: GpuBackend): Promise<T> {
  return mapLeaves(tree, (leaf) => {
    realize([leaf], backend);
    const storage = backend.place(leaf.storage ?? failRetired(leaf));
    return Promise.resolve(new Tensor(dataOperation, noInputs, leaf.shape, leaf.dtype, storage, leaf.label));
  });
}
