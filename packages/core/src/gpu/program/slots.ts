import type { DeviceProgram } from "./device-program.ts";
import { inputsOf } from "./inputs.ts";

/** Pieces of device memory for the temporaries of a program. */
export interface Slots {
  /** For each program buffer, its slot, or −1 where it is not a temporary. */
  readonly slotOf: readonly number[];
  /** The quads that each slot holds. */
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
  // What has no elements may be written by no kernel.
  buffers.forEach(({ place, length }, buffer) => {
    if (place.kind === "temporary" && length === 0) slotOf[buffer] = slots.push(quads[buffer] ?? 0) - 1;
  });
  kernels.forEach((kernel, step) => {
    const { output } = kernel;
    if (buffers[output]?.place.kind === "temporary") {
      const wanted = quads[output] ?? 0;
      // Exactly of its size: where elements are in a texture depends on how large the texture is.
      const reused = free.findIndex((slot) => slots[slot] === wanted);
      const slot = reused < 0 ? slots.push(wanted) - 1 : (free.splice(reused, 1)[0] ?? 0);
      slotOf[output] = slot;
    }
    for (const buffer of new Set([...inputsOf(kernel), output])) {
      const slot = slotOf[buffer] ?? -1;
      if (slot >= 0 && lastUse.get(buffer) === step) free.push(slot);
    }
  });
  return { slotOf, quads: slots };
}
