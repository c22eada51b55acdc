import type { StateTree } from "@opt/core";
import { fromArray, Tensor } from "@opt/core";

/** Turns plain data into a state that a training loop can copy and save: each `Float64Array` becomes an f64 tensor. */
export function toState(value: unknown): StateTree {
  if (value instanceof Float64Array) return fromArray(value, [value.length]);
  if (Array.isArray(value)) return value.map(toState);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toState(item)]));
  // Numbers are leaves; null belongs to the arrangement of a tree, which types do not show.
  return value as StateTree;
}

/** Turns such a state back into plain data. */
export function fromState(state: StateTree): unknown {
  if (state instanceof Tensor) return new Float64Array(state.readSync());
  if (Array.isArray(state)) return (state as readonly StateTree[]).map(fromState);
  if (typeof state === "object" && state !== null) return Object.fromEntries(Object.entries(state).map(([name, item]) => [name, fromState(item)]));
  return state;
}
