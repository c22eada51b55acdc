import { existing } from "../errors.ts";
import type { Storage } from "../tensor/storage.ts";
import { remoteOnly } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Backend, LoadedPlan } from "./backend.ts";
import { Fingerprint } from "./fingerprint.ts";
import { captureGraph } from "./graph.ts";
import type { Plan } from "./plan.ts";
import { makePlan } from "./plan.ts";
import type { Donation } from "./takeover.ts";
import { defaultThreads } from "./threads.ts";

/** A plan for graphs that were built without `compile`. */
export interface LazyPlan {
  readonly code: Int32Array;
  readonly backend: Backend;
  readonly executable: LoadedPlan;
  /** The values that are baked into the kernels, by literal number; undefined for those that are handed over in each run. */
  readonly baked: readonly (number | undefined)[];
  /** The host slots of the literals that are handed over. */
  readonly slots: readonly { readonly literal: number; readonly slot: number }[];
  /** For each plan input, the number of the source that it is, and whether the plan may update it. */
  readonly inputs: readonly { readonly source: number; readonly donated: boolean }[];
}

/** Plans by the hash of their fingerprint, the oldest first. */
const plans = new Map<number, LazyPlan>();
const planLimit = 256;

/** The plan without its first inputs, which would otherwise stay in memory as long as the plan does. */
function withoutStorages(plan: Plan): Plan {
  return { ...plan, inputs: plan.inputs.map((input) => ({ ...input, storage: undefined })) };
}

/** Pairs elements that may be taken over with results that fit, both in the order in which they were named. */
function pairDonations(tensors: readonly Tensor[], print: Fingerprint): Donation[] {
  const free = new Set(tensors.keys());
  return print.donated.flatMap((number) => {
    const source = existing(print.sources[number], "source");
    const output = [...free].find((index) => tensors[index]?.dtype === source.dtype && tensors[index].size === source.length);
    if (output === undefined) return [];
    free.delete(output);
    return [{ output, source }];
  });
}

function makeLazyPlan(tensors: readonly Tensor[], print: Fingerprint, backend: Backend, isBaked: (literal: number) => boolean): LazyPlan {
  const code = print.code();
  // What stands for each literal that is handed over: one argument for all tensors that are this literal.
  const handedOver = print.literals.map((_, literal) => (isBaked(literal) ? undefined : new Tensor({ name: "hostInput" }, [], [], "f64")));
  const replaced = new Map<Tensor, Tensor>();
  print.literalTensors.forEach((tensor, index) => {
    const argument = handedOver[print.literalNumbers[index] ?? -1];
    if (argument !== undefined) replaced.set(tensor, argument);
  });
  const donations = pairDonations(tensors, print);
  const plan = makePlan(captureGraph(tensors, replaced), donations);
  const taken = new Set(donations.map(({ source }) => source));
  const numberOf = new Map(print.sources.map((storage, number) => [storage, number]));
  return {
    code,
    backend,
    executable: backend.load(withoutStorages(plan), defaultThreads()),
    baked: print.literals.map((value, literal) => (isBaked(literal) ? value : undefined)),
    slots: handedOver.flatMap((argument, literal) => {
      const slot = argument && plan.host.inputs.get(argument);
      return slot === undefined ? [] : [{ literal, slot }];
    }),
    inputs: plan.inputs.map(({ storage }) => ({ source: existing(storage && numberOf.get(storage), "source"), donated: storage !== undefined && taken.has(storage) })),
  };
}

function remember(hash: number, plan: LazyPlan): LazyPlan {
  const oldest = plans.keys().next();
  if (plans.size >= planLimit && !plans.has(hash) && oldest.done !== true) plans.delete(oldest.value);
  plans.set(hash, plan);
  return plan;
}

/** What has to be run for some tensors. */
export interface LazyRun {
  readonly plan: LazyPlan;
  readonly print: Fingerprint;
}

/**
 * Finds or makes the plan that computes some tensors.
 *
 * A graph that comes again with another learning rate or another power of β has other literals. They are baked into the first
 * plan; those that turn out to change are handed over as arguments by the next one, so that a loop settles after two plans.
 *
 * @param tensors - What is to be computed.
 * @param preferred - Where, unless the elements that it starts from are on a backend already.
 * @param donated - Elements whose memory the results may take over.
 * @param failTraced - Called with a tensor that has no value yet.
 * @returns The plan and the fingerprint, which holds the sources and literals of this graph.
 */
export function planFor(tensors: readonly Tensor[], preferred: Backend, donated: readonly Storage[], failTraced: (tensor: Tensor) => never): LazyRun {
  const print = new Fingerprint(tensors, donated);
  if (print.traced !== undefined) failTraced(print.traced);
  const backend = print.sources.map(remoteOnly).find((remote) => remote !== undefined)?.backend ?? preferred;
  const known = plans.get(print.hash);
  if (known?.backend !== backend || !print.matches(known.code)) return { print, plan: remember(print.hash, makeLazyPlan(tensors, print, backend, () => true)) };
  const keeps = (literal: number): boolean => known.baked[literal] !== undefined && Object.is(known.baked[literal], print.literals[literal]);
  const fits = print.literals.every((_, literal) => known.baked[literal] === undefined || keeps(literal));
  return { print, plan: fits ? known : remember(print.hash, makeLazyPlan(tensors, print, backend, keeps)) };
}

/** Runs a plan for one graph. */
export function runLazily({ plan, print }: LazyRun): { readonly inputs: readonly Storage[]; readonly fresh: readonly Storage[] } {
  const { executable, slots, backend } = plan;
  for (const { literal, slot } of slots) executable.plan.host.slots[slot] = print.literals[literal] ?? Number.NaN;
  const inputs = plan.inputs.map(({ source, donated }) => {
    const storage = existing(print.sources[source], "source");
    return donated ? backend.claim(storage, storage.shared) : storage;
  });
  return { inputs, fresh: executable.run(inputs) };
}
