import type { KernelStore } from "../../compile/kernel.ts";
import { operandsOf } from "../../compile/stages.ts";
import type { BodyEmitter, Unit } from "./body.ts";

/**
 * Makes several stores. A store may overwrite an argument's elements that the value of a later store needs: those are loaded
 * before.
 *
 * @param body - The kernel's body.
 * @param stores - What is stored, in order.
 * @param unit - For which vector.
 */
export function storeAll(body: BodyEmitter, stores: readonly KernelStore[], unit: Unit): void {
  stores.forEach((store, index) => {
    const seen = new Set<number>();
    const load = (id: number): void => {
      const value = body.spec.values[id];
      if (value === undefined || seen.has(id) || body.has(id, unit)) return;
      seen.add(id);
      if (value.kind === "load" && value.buffer === store.buffer) body.value(id, unit);
      else operandsOf(value).forEach(load);
    };
    for (const later of stores.slice(index + 1)) load(later.value);
    body.store(store, unit);
  });
}
