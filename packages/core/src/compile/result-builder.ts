import { existing } from "../errors.ts";
import type { Storage } from "../tensor/storage.ts";
import { dataOperation, noInputs, Tensor } from "../tensor/tensor.ts";
import type { Leaf, TreeStructure } from "../tree/structure.ts";
import type { Plan, PlanOutput } from "./plan.ts";

/** Builds what a compiled function returns from the storages of its inputs and its fresh outputs. */
export type ResultBuilder = (inputs: readonly Storage[], fresh: readonly Storage[]) => unknown;

/** `earlier` names the storages of the leaves before; extended here. */
function buildLeaf(plan: Plan, output: PlanOutput, isDonated: (input: number) => boolean, earlier: Set<string>): ResultBuilder {
  if (output.kind === "host") return (): Leaf => plan.host.slots[output.slot] ?? Number.NaN;
  const { kind, shape, dtype } = output;
  const number = kind === "fresh" ? output.output : output.input;
  const keptElsewhere = kind === "input" && !isDonated(number);
  const name = kind + String(number);
  const shared = keptElsewhere || earlier.has(name);
  earlier.add(name);
  return (inputs, fresh): Leaf => {
    const storage = existing((kind === "fresh" ? fresh : inputs)[number], "output storage");
    if (shared) storage.shared = true;
    return new Tensor(dataOperation, noInputs, shape, dtype, storage);
  };
}

function buildList(items: readonly ResultBuilder[]): ResultBuilder {
  // A copy has just the room that is needed; a list that grows takes more.
  const template: readonly unknown[] = [...items];
  return (inputs, fresh) => {
    const list = [...template];
    for (let index = 0; index < items.length; index++) list[index] = items[index]?.(inputs, fresh);
    return list;
  };
}

function buildRecord(keys: readonly string[], items: readonly ResultBuilder[]): ResultBuilder {
  return (inputs, fresh) => {
    const record: Record<string, unknown> = {};
    for (let index = 0; index < keys.length; index++) record[keys[index] ?? ""] = items[index]?.(inputs, fresh);
    return record;
  };
}

/**
 * Makes the function that puts a compiled function's result together, once for each trace.
 *
 * @param structure - The arrangement of the result.
 * @param plan - The plan whose outputs are its leaves, in order.
 * @param isDonated - Whether a plan input is an argument that the call takes over.
 * @returns The builder.
 */
export function makeResultBuilder(structure: TreeStructure, plan: Plan, isDonated: (input: number) => boolean): ResultBuilder {
  let leaf = 0;
  const storages = new Set<string>();
  const make = (part: TreeStructure): ResultBuilder => {
    switch (part.kind) {
      case "leaf":
        return buildLeaf(plan, existing(plan.outputs[leaf++], "output"), isDonated, storages);
      case "fixed":
        return () => part.value;
      case "list":
        return buildList(part.items.map(make));
      case "record":
        return buildRecord(part.keys, part.items.map(make));
    }
  };
  return make(structure);
}
