import { existing, fail } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { nextMark } from "../tensor/marks.ts";
import type { Storage } from "../tensor/storage.ts";
import { remoteOnly } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Leaf } from "../tree/structure.ts";
import { visitLeaves } from "../tree/structure.ts";
import type { Backend } from "./backend.ts";
import type { BackendChoice } from "./backends.ts";
import { defaultBackend, resolveBackend } from "./backends.ts";
import { failRetired } from "./graph.ts";
import { realize } from "./realize.ts";
import type { Trace } from "./trace.ts";
import { argumentsPlace, traceFunction } from "./trace.ts";
import { checkThreads, defaultThreads } from "./threads.ts";
import { isTracing } from "./tracing.ts";

/** Options of {@link compile}. */
export interface CompileOptions {
  /**
   * Numbers of the arguments whose buffers the results take over, so that they are updated in place. Default: every argument
   * that is an object or array and comes back with the same structure, shapes and dtypes. `[]` donates nothing.
   */
  readonly donate?: readonly number[];
  /**
   * How many threads may share the work of a call, an integer from 1 to 16. Default 1, or what {@link setThreads} says. Results
   * are the same bits with any number. More than one are used only where they are measured to be faster, and in browsers only
   * by pages that are isolated from other origins; `explain` tells.
   */
  readonly threads?: number;
  /**
   * Where it runs: `"cpu"`, or `"gpu"` after `await gpu()` of `@opt/core/gpu`, or a backend. Default: where the arguments are;
   * for arguments in the host's memory the CPU, or what {@link setBackend} says. They are uploaded in each call; results stay
   * where they were computed.
   */
  readonly backend?: BackendChoice;
}

/** A compiled function: called like the original. */
export type Compiled<Args extends readonly unknown[], Result> = (...args: Args) => Result;

/** The traces of each compiled function, for `explain`. */
const tracesOf = new WeakMap<object, readonly Trace[]>();

/** The traces that a compiled function has made so far. */
export function compiledTraces(compiled: object): readonly Trace[] {
  return tracesOf.get(compiled) ?? fail("trace", "explain(compiled): expected what compile(fn) returned.");
}

/** Computes the arguments that are still to be computed, all in one plan. */
function computeAll(leaves: readonly Leaf[], backend: Backend): void {
  realize(leaves.filter((leaf) => leaf instanceof Tensor), backend);
}

/** The backend that arguments are on, or another one where none of them is on a backend of its own. */
function backendOf(leaves: readonly Leaf[], otherwise: Backend): Backend {
  for (const leaf of leaves) {
    if (!(leaf instanceof Tensor)) continue;
    if (leaf.storage === undefined) computeAll(leaves, otherwise);
    const remote = leaf.storage && remoteOnly(leaf.storage);
    if (remote !== undefined) return remote.backend;
  }
  return otherwise;
}

/** Runs a trace on argument leaves and builds the result. */
function runTrace(trace: Trace, leaves: readonly Leaf[]): unknown {
  const { plan, backend, executable, inputLeaves, numberLeaves, donated } = trace;
  const call = nextMark();
  for (const { leaf, slot } of numberLeaves) plan.host.slots[slot] = leaves[leaf] as number;
  const inputs = new Array<Storage>(inputLeaves.length);
  for (let input = 0; input < inputLeaves.length; input++) {
    const leaf = inputLeaves[input] ?? -1;
    const tensor = leaves[leaf];
    let storage = leaf < 0 ? plan.inputs[input]?.storage : undefined;
    if (tensor instanceof Tensor) {
      if (tensor.storage === undefined) computeAll(leaves, backend);
      storage = tensor.storage ?? failRetired(tensor);
      if (donated[leaf] === true) storage = backend.claim(storage, storage.shared || storage.stamp === call);
      storage.stamp = call;
    }
    inputs[input] = existing(storage, "input storage");
  }
  const fresh = executable.run(inputs);
  for (let leaf = 0; leaf < donated.length; leaf++) {
    const tensor = donated[leaf] === true ? leaves[leaf] : undefined;
    if (tensor instanceof Tensor) tensor.giveAway();
  }
  return trace.buildResult(inputs, fresh);
}

/**
 * Turns a function of trees of tensors into a finished program.
 *
 * The first call with arguments of a new structure, shape or dtype traces `fn` on placeholders; later calls only run the
 * generated kernels. Numbers among the arguments are host scalars: they may change from call to call without a new trace, and
 * inside `fn` they are used as operands or through `scalar`. Strings, booleans and null are part of the signature. Arguments
 * that come back are updated in place (see `donate`), and their old tensors can then no longer be read.
 *
 * @param fn - A function of trees that returns a tree. It must be pure: it runs only while it is traced.
 * @param options - What is donated, how many threads may share the work, and where it runs.
 * @returns A function called like `fn`; called inside another traced function it becomes part of that one.
 * @throws OptError `shape`, `dtype` or `tree` from the operations in `fn`; `donated` for arguments that were given away before;
 * `option` for an unknown or bad option.
 *
 * @example
 * ```ts
 * import { compile, tensor, valueAndGrad } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const loss = (params: { w: Tensor }) => params.w.sub(3).pow(2).sum();
 * const step = compile((params: { w: Tensor }, rate: number) => {
 *   const [value, gradient] = valueAndGrad(loss)(params);
 *   return [{ w: params.w.sub(gradient.w.mul(rate)) }, value] as const;
 * });
 * const [next, value] = step({ w: tensor([0, 1]) }, 0.1);
 * ```
 */
export function compile<Args extends readonly unknown[], Result>(fn: (...args: Args) => Result, options: CompileOptions = {}): Compiled<Args, Result> {
  checkOptions("compile", options, ["donate", "threads", "backend"]);
  const { threads, backend } = options;
  if (threads !== undefined) checkThreads("compile({ threads })", threads);
  if (typeof fn !== "function") fail("option", `compile(fn): must be a function; got ${typeof fn}.`);
  const traces: Trace[] = [];
  const leaves: Leaf[] = [];
  const select = (args: Args): Trace => {
    const chosen = backend === undefined ? undefined : resolveBackend("compile({ backend })", backend);
    for (const trace of traces) {
      if (!trace.readLeaves(args, leaves)) continue;
      leaves.length = trace.leaves.length;
      const wanted = chosen ?? backendOf(leaves, trace.backend);
      if (wanted === trace.backend) return trace;
    }
    leaves.length = 0;
    visitLeaves(args, (leaf) => leaves.push(leaf), argumentsPlace);
    const where = chosen ?? backendOf(leaves, defaultBackend());
    // The traced function sees placeholders of the same structure as its arguments.
    const trace = traceFunction(fn as (...args: readonly unknown[]) => unknown, args, options.donate, where, threads ?? defaultThreads());
    traces.unshift(trace);
    return trace;
  };
  const compiled = (...args: Args): Result => {
    if (isTracing()) return fn(...args);
    const trace = select(args);
    // The result is rebuilt with the structure that `fn` returned.
    return runTrace(trace, leaves) as Result;
  };
  tracesOf.set(compiled, traces);
  return compiled;
}

