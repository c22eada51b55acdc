import { apply } from "../graph/apply.ts";
import { fail } from "../errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Leaf, Place, TreeStructure } from "../tree/structure.ts";
import { rebuild, showPlace, structureOf, visitLeaves } from "../tree/structure.ts";
import type { Backend, LoadedPlan } from "./backend.ts";
import { findDonations } from "./donation.ts";
import { captureGraph } from "./graph.ts";
import type { LeafReader, LeafSignature } from "./leaf-reader.ts";
import { makeLeafReader, signatureOf } from "./leaf-reader.ts";
import type { Plan } from "./plan.ts";
import { makePlan } from "./plan.ts";
import type { ResultBuilder } from "./result-builder.ts";
import { makeResultBuilder } from "./result-builder.ts";
import { whileTracing } from "./tracing.ts";

/** A function traced for one signature. */
export interface Trace {
  readonly leaves: readonly LeafSignature[];
  readonly readLeaves: LeafReader;
  readonly backend: Backend;
  readonly executable: LoadedPlan;
  readonly plan: Plan;
  readonly buildResult: ResultBuilder;
  /** For each plan input, the argument leaf that it is, or −1 for a captured tensor. */
  readonly inputLeaves: Int32Array;
  /** The argument leaves that are numbers the kernels or the results need, and their host slots. */
  readonly numberLeaves: readonly { readonly leaf: number; readonly slot: number }[];
  /** For each argument leaf, whether its buffer is taken over. */
  readonly donated: readonly boolean[];
}

/** What the paths of arguments begin with. */
export const argumentsPlace: Place = { parent: undefined, key: "arguments" };

function placeholder(leaf: Leaf, path: string): Tensor {
  if (typeof leaf !== "number") return new Tensor({ name: "input" }, [], leaf.shape, leaf.dtype, undefined, path);
  return new Tensor({ name: "hostInput" }, [], [], "f64", undefined, path);
}

/** What the function returned as tensors, leaf by leaf. */
function resultTensors(result: unknown): { tensors: Tensor[]; structure: TreeStructure } {
  const tensors: Tensor[] = [];
  const visit = (leaf: Leaf): void => {
    tensors.push(typeof leaf === "number" ? apply({ name: "hostConstant", value: leaf }) : leaf);
  };
  visitLeaves(result, visit, { parent: undefined, key: "result" });
  return { tensors, structure: structureOf(result) };
}

/** A captured tensor must not change under the plan: later donations of it copy it first. */
function protectCaptured(plan: Plan): void {
  for (const { storage } of plan.inputs) {
    if (storage !== undefined) storage.shared = true;
  }
}

/**
 * Runs a function once on placeholders and turns the graph that it builds into an executable.
 *
 * @param fn - The function.
 * @param args - Arguments of the signature to trace for.
 * @param donate - Argument numbers to donate; undefined: every container that comes back.
 * @param backend - Where it will run.
 * @param threads - How many threads may share the work.
 * @returns The trace.
 */
export function traceFunction(fn: (...args: readonly unknown[]) => unknown, args: readonly unknown[], donate: readonly number[] | undefined, backend: Backend, threads: number): Trace {
  const placeholders: Tensor[] = [];
  const leaves: LeafSignature[] = [];
  const visit = (leaf: Leaf, place: Place | undefined): void => {
    leaves.push(signatureOf(leaf));
    placeholders.push(placeholder(leaf, showPlace(place)));
  };
  visitLeaves(args, visit, argumentsPlace);
  const structure = structureOf(args);
  const traced = rebuild(structure, placeholders);
  if (!Array.isArray(traced)) return fail("trace", "compile: arguments are a list.");
  const result = whileTracing(() => fn(...(traced as readonly unknown[])));
  if (result instanceof Promise) {
    return fail("trace", "compile: the function is async; trace a plain function and read its results afterwards.");
  }
  const { tensors, structure: resultStructure } = resultTensors(result);
  const donations = findDonations(traced, result, donate);
  const plan = makePlan(captureGraph(tensors), donations);
  protectCaptured(plan);
  const leafOf = new Map(placeholders.map((tensor, leaf) => [tensor, leaf]));
  const taken = new Set(donations.map(({ source }) => source));
  const donated = placeholders.map((tensor) => taken.has(tensor));
  const inputLeaves = Int32Array.from(plan.inputs, ({ argument }) => (argument === undefined ? -1 : (leafOf.get(argument) ?? -1)));
  return {
    leaves,
    readLeaves: makeLeafReader(structure, leaves),
    backend,
    executable: backend.load(plan, threads),
    plan,
    buildResult: makeResultBuilder(resultStructure, plan, (input) => donated[inputLeaves[input] ?? -1] === true),
    inputLeaves,
    numberLeaves: [...plan.host.inputs].flatMap(([argument, slot]) => {
      const leaf = leafOf.get(argument);
      return leaf === undefined ? [] : [{ leaf, slot }];
    }),
    donated,
  };
}
