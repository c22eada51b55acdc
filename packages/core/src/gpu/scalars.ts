import type { HostProgram } from "../compile/host-program.ts";

/** The value of a host argument, as the kernels take it. */
export function argumentValue(host: HostProgram, argument: number): number {
  const { slot, dtype } = host.arguments[argument] ?? { slot: -1, dtype: "f32" };
  const value = host.slots[slot] ?? Number.NaN;
  return dtype === "f32" ? Math.fround(value) : value | 0;
}
