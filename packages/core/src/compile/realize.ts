import { fail } from "../errors.ts";
import { itemSize } from "../tensor/dtype.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { Storage } from "../tensor/storage.ts";
import { arrayStorage } from "../tensor/storage.ts";
import { dataOperation, noInputs, Tensor } from "../tensor/tensor.ts";
import type { StateTree } from "../tree/structure.ts";
import { rebuild, walk } from "../tree/structure.ts";
import { Executable, managedStorage } from "../wasm/executable.ts";
import { wasmMemory } from "../wasm/memory.ts";
import type { Graph } from "./graph.ts";
import { captureGraph, failRetired } from "./graph.ts";
import { makePlan } from "./plan.ts";

/** Plans of graphs that were computed without `compile`, by the graph's text. */
const executables = new Map<string, Executable>();
const executableLimit = 256;

function graphKey(graph: Graph): string {
  const outputs = graph.outputs.map((node) => node.id).join();
  return `${graph.nodes.map((node) => node.key).join(";")}>${outputs}`;
}

function executableOf(graph: Graph): Executable {
  const key = graphKey(graph);
  const known = executables.get(key);
  if (known !== undefined) return known;
  const executable = new Executable(makePlan(graph));
  const oldest = executables.keys().next();
  if (executables.size >= executableLimit && oldest.done !== true) executables.delete(oldest.value);
  executables.set(key, executable);
  return executable;
}

function failTraced(tensor: Tensor): never {
  return fail("trace", `${tensor.toString()} has no value yet: it belongs to a function that is being traced. Return it from the compiled function and read it there.`);
}

/** Computes tensors, all in one plan, and keeps their elements. */
export function realize(tensors: readonly Tensor[]): void {
  const pending = tensors.filter((tensor) => tensor.storage === undefined);
  if (pending.length === 0) return;
  for (const tensor of pending) {
    if (tensor.onHost) failTraced(tensor);
    if (tensor.operation.name === "data") failRetired(tensor);
  }
  const graph = captureGraph(pending);
  const traced = graph.nodes.find((node) => node.argument !== undefined);
  if (traced?.argument !== undefined) failTraced(traced.argument);
  const executable = executableOf(graph);
  const inputs = graph.nodes.flatMap((node) => (node.storage === undefined ? [] : [node.storage]));
  const results = executable.run(inputs);
  executable.plan.outputs.forEach((output, index) => {
    const tensor = pending[index];
    if (tensor === undefined || output.kind === "host") return;
    const storage = output.kind === "fresh" ? results[output.output] : inputs[output.input];
    const repeated = executable.plan.outputs.some((other, position) => position < index && other.kind === "fresh" && output.kind === "fresh" && other.output === output.output);
    if (storage !== undefined && (output.kind === "input" || repeated)) storage.shared = true;
    tensor.storage = storage;
    tensor.operation = dataOperation;
    tensor.inputs = noInputs;
  });
}

/** Copies a storage's elements out. */
function elementsOf(storage: Storage): TypedArray {
  if (storage.array !== undefined) return storage.array.slice();
  return wasmMemory().read(storage.dtype, storage.buffer?.address ?? 0, storage.length);
}

/** The elements of a tensor, computed now. */
export function readNow(tensor: Tensor): TypedArray {
  realize([tensor]);
  return tensor.storage === undefined ? failRetired(tensor) : elementsOf(tensor.storage);
}

/** The elements of a tensor, on any backend. */
export async function readAsync(tensor: Tensor): Promise<TypedArray> {
  return Promise.resolve(readNow(tensor));
}

/**
 * Computes the tensors of a tree now, all in one plan, and keeps their elements.
 *
 * Reading one tensor computes what that tensor needs and nothing else. In an uncompiled training loop, evaluate what the next
 * step starts from, so that it does not have to be computed from the beginning again.
 *
 * @param trees - Trees of tensors; numbers are left alone.
 * @throws OptError `trace` for tensors of a function that is being traced.
 *
 * @example
 * ```ts
 * import { evaluate, tensor } from "@opt/core";
 *
 * const a = tensor([1, 2]).mul(3);
 * const b = a.sum();
 * evaluate({ a, b });
 * ```
 */
export function evaluate(...trees: readonly StateTree[]): void {
  const tensors: Tensor[] = [];
  walk(trees, "", (leaf) => {
    if (leaf instanceof Tensor) tensors.push(leaf);
  });
  realize(tensors);
}

/** A storage with the same elements that nothing else refers to. */
export function copyStorage(storage: Storage): Storage {
  if (storage.array !== undefined) return arrayStorage(storage.dtype, storage.array.slice());
  const copy = managedStorage(storage.dtype, storage.length);
  wasmMemory().copy(storage.buffer?.address ?? 0, copy.buffer?.address ?? 0, storage.length * itemSize[storage.dtype]);
  return copy;
}

/**
 * Copies a tree of tensors: compiled functions that update the original in place do not touch the copy.
 *
 * @param tree - Tensors and numbers.
 * @returns A tree of the same structure with elements of its own.
 *
 * @example
 * ```ts
 * import { clone, tensor } from "@opt/core";
 *
 * const params = { weight: tensor([1, 2]) };
 * const best = clone(params);
 * ```
 */
export function clone<T extends StateTree>(tree: T): T {
  evaluate(tree);
  const copies: unknown[] = [];
  const structure = walk(tree, "", (leaf) => {
    if (!(leaf instanceof Tensor)) {
      copies.push(leaf);
      return;
    }
    const { storage, shape } = leaf;
    if (storage === undefined || storage.length !== sizeOf(shape)) return failRetired(leaf);
    copies.push(new Tensor(dataOperation, noInputs, shape, storage.dtype, copyStorage(storage), leaf.label));
  });
  let position = 0;
  // Every leaf is replaced by a leaf of its kind, so the type stays.
  return rebuild(structure, () => copies[position++]) as T;
}
