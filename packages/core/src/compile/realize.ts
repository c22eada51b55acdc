import { existing, fail } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import { nextMark } from "../tensor/marks.ts";
import type { Storage } from "../tensor/storage.ts";
import { remoteOnly } from "../tensor/storage.ts";
import { dataOperation, noInputs, Tensor } from "../tensor/tensor.ts";
import type { StateTree } from "../tree/structure.ts";
import { treeFlatten, treeLeaves, treeUnflatten } from "../tree/tree.ts";
import { literalValue } from "../ops/operands.ts";
import { copyStorage, cpuBackend, elementsNow } from "../wasm/cpu-backend.ts";
import { filledStorage, smallBytes } from "../wasm/executable.ts";
import type { Backend } from "./backend.ts";
import { defaultBackend } from "./backends.ts";
import { failRetired } from "./graph.ts";
import { planFor, runLazily } from "./lazy-plans.ts";

function failTraced(tensor: Tensor): never {
  return fail("trace", `${tensor.toString()} has no value yet: it belongs to a function that is being traced. Return it from the compiled function and read it there.`);
}

/** Gives a tensor its elements. */
function settle(tensor: Tensor, storage: Storage): void {
  tensor.storage = storage;
  tensor.operation = dataOperation;
  tensor.inputs = noInputs;
}

/** Fills in the elements of a literal: fresh parameters and optimizer states are many of them, and none is worth a plan. */
function fillLiteral(tensor: Tensor): boolean {
  const value = tensor.dtype === "bool" ? undefined : literalValue(tensor);
  if (value === undefined) return false;
  settle(tensor, filledStorage(tensor.dtype, tensor.size, value));
  return true;
}

/**
 * Computes tensors, all in one plan, and keeps their elements.
 *
 * @param tensors - What is to be computed.
 * @param backend - Where, unless what they start from is on another backend.
 * @param donated - Elements whose memory the results may take over.
 */
export function realize(tensors: readonly Tensor[], backend: Backend = defaultBackend(), donated: readonly Storage[] = []): void {
  const mark = nextMark();
  const missing: Tensor[] = [];
  for (const tensor of tensors) {
    if (tensor.storage !== undefined || tensor.walk === mark) continue;
    tensor.walk = mark;
    if (tensor.onHost) failTraced(tensor);
    if (tensor.operation.name === "data") failRetired(tensor);
    missing.push(tensor);
  }
  const pending = backend === cpuBackend ? missing.filter((tensor) => !fillLiteral(tensor)) : missing;
  if (pending.length === 0) return;
  const run = planFor(pending, backend, donated, failTraced);
  const { inputs, fresh } = runLazily(run);
  const call = nextMark();
  run.plan.executable.plan.outputs.forEach((output, index) => {
    const tensor = pending[index];
    if (tensor === undefined || output.kind === "host") return;
    const storage = existing(output.kind === "fresh" ? fresh[output.output] : inputs[output.input], "output storage");
    const keptElsewhere = output.kind === "input" && run.plan.inputs[output.input]?.donated !== true;
    if (keptElsewhere || storage.stamp === call) storage.shared = true;
    storage.stamp = call;
    settle(tensor, storage);
  });
}

/** The elements of a tensor, computed now. */
export function readNow(tensor: Tensor): TypedArray {
  realize([tensor]);
  return elementsNow(tensor.storage ?? failRetired(tensor));
}

/** The elements of a tensor, on any backend. */
export async function readAsync(tensor: Tensor): Promise<TypedArray> {
  realize([tensor]);
  const storage = tensor.storage ?? failRetired(tensor);
  const remote = remoteOnly(storage);
  if (remote === undefined) return elementsNow(storage);
  const elements = await remote.read();
  if (elements.byteLength <= smallBytes && storage.remote === remote) {
    // What a loop reads in each step shall not wait for the garbage collector.
    storage.array = elements.slice();
    storage.remote = undefined;
    remote.release();
  }
  return elements;
}

function tensorsOf(tree: StateTree): Tensor[] {
  return treeLeaves(tree).filter((leaf) => leaf instanceof Tensor);
}

/** Tensors that are not among some others. */
function without(tensors: readonly Tensor[], others: readonly Tensor[]): Tensor[] {
  const kept = nextMark();
  for (const tensor of others) tensor.walk = kept;
  return tensors.filter((tensor) => tensor.walk !== kept);
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /**
   * A tree of tensors that nobody needs afterwards: the results take over their memory. They can no longer be read, unless they
   * are results themselves. Default: none.
   */
  readonly donate?: StateTree;
}

/**
 * Computes the tensors of a tree now, all in one plan, and keeps their elements.
 *
 * Reading one tensor computes what that tensor needs and nothing else. In an uncompiled training loop, evaluate what the next
 * step starts from, so that it does not have to be computed from the beginning again; and donate what it replaces, so that it
 * is updated in place.
 *
 * @param tree - A tree of tensors; numbers are left alone.
 * @param options - What is donated.
 * @throws OptError `trace` for tensors of a function that is being traced; `donated` or `disposed` for what needs elements that
 * are gone; `option` for an unknown option.
 *
 * @example
 * ```ts
 * import { evaluate, tensor } from "@opt/core";
 *
 * let x = tensor([1, 2]);
 * for (let round = 0; round < 3; round++) {
 *   const next = x.mul(3);
 *   evaluate(next, { donate: x });
 *   x = next;
 * }
 * ```
 */
export function evaluate(tree: StateTree, options: EvaluateOptions = {}): void {
  checkOptions("evaluate", options, ["donate"]);
  const tensors = tensorsOf(tree);
  const donated = without(tensorsOf(options.donate ?? []), tensors);
  realize(tensors, defaultBackend(), donated.flatMap(({ storage }) => storage ?? []));
  const inUse = nextMark();
  for (const { storage } of tensors) if (storage !== undefined) storage.stamp = inUse;
  for (const tensor of donated) {
    if (tensor.storage?.stamp !== inUse) tensor.dispose();
    tensor.giveAway();
  }
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
  const { leaves, structure } = treeFlatten(tree);
  const copies = leaves.map((leaf) => {
    if (!(leaf instanceof Tensor)) return leaf;
    const { storage, shape } = leaf;
    if (storage === undefined || storage.length !== sizeOf(shape)) return failRetired(leaf);
    return new Tensor(dataOperation, noInputs, shape, storage.dtype, remoteOnly(storage)?.backend.claim(storage, true) ?? copyStorage(storage), leaf.label);
  });
  // Every leaf is replaced by a leaf of its kind, so the type stays.
  return treeUnflatten(structure, copies) as T;
}
