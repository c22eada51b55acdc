import type { DeviceProgram } from "./device-program.ts";
import { inputsOf } from "./inputs.ts";

/** Pieces of device memory for the temporaries of a program. */
export interface Slots {
  /** For each program buffer, its slot, or −1 where it is not a temporary. */
  readonly slotOf: readonly number[];
  /** The quads that each slot must hold. */
  readonly quads: readonly number[];
}

/**
 * Gives temporaries that are never alive together the same memory. A kernel's output never shares memory with what it reads.
 *
 * @param program - The program.
 * @param quads - How many quads each of its buffers has.
 */
export function assignSlots(program: DeviceProgram, quads: readonly number[]): Slots {
  const { buffers, kernels } = program;
  const lastUse = new Map<number, number>();
  kernels.forEach((kernel, step) => {
    for (const buffer of [...inputsOf(kernel), kernel.output]) lastUse.set(buffer, step);
  });
  const slotOf = buffers.map(() => -1);
  const slots: number[] = [];
  const free: number[] = [];
  kernels.forEach((kernel, step) => {
    const { output } = kernel;
    if (buffers[output]?.place.kind === "temporary") {
      const wanted = quads[output] ?? 0;
      const fits = (slot: number): number => Math.abs((slots[slot] ?? 0) - wanted);
      free.sort((a, b) => fits(b) - fits(a));
      const slot = free.pop() ?? slots.push(0) - 1;
      slots[slot] = Math.max(slots[slot] ?? 0, wanted);
      slotOf[output] = slot;
    }
    for (const buffer of new Set([...inputsOf(kernel), output])) {
      const slot = slotOf[buffer] ?? -1;
      if (slot >= 0 && lastUse.get(buffer) === step) free.push(slot);
    }
  });
  return { slotOf, quads: slots };
}
