import { fail } from "../errors.ts";
import type { DType, TypedArray } from "../tensor/dtype.ts";
import type { Storage } from "../tensor/storage.ts";
import { wasmMemory } from "../wasm/memory.ts";
import type { DeviceDType } from "./program/device-program.ts";

/**
 * The dtype of the buffer that holds a tensor.
 *
 * @throws OptError `backend` for f64.
 */
export function deviceDType(dtype: DType): DeviceDType {
  if (dtype === "f64") fail("backend", "GPUs have no f64. Use f32: cast(tensor, \"f32\"); or compute on the CPU.");
  return dtype === "f32" ? "f32" : "i32";
}

/** The elements of a storage in the host's memory; they are not to be changed. */
export function hostElements({ array, buffer, dtype, length, remote }: Storage): TypedArray {
  if (array !== undefined) return array;
  if (buffer !== undefined) return wasmMemory().read(dtype, buffer.address, length);
  return fail("backend", `A tensor is on another backend, ${remote?.backend.name ?? "which is gone"}; copy it to the host first: await toHost(tree).`);
}

/** Elements as a GPU buffer holds them: floats as they are, integers as their upper halves followed by their lower ones. */
export function toDevice(elements: TypedArray, dtype: DeviceDType): Float32Array<ArrayBuffer> {
  const plane = 4 * Math.ceil(elements.length / 4);
  if (dtype === "f32") {
    const floats = new Float32Array(plane);
    floats.set(elements);
    return floats;
  }
  const halves = new Float32Array(2 * plane);
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index] ?? 0;
    halves[index] = element >> 16;
    halves[plane + index] = element & 0xffff;
  }
  return halves;
}

/** The elements of a tensor from what a GPU buffer holds. */
export function fromDevice(floats: Float32Array, dtype: DeviceDType, length: number): TypedArray {
  if (dtype === "f32") return floats.slice(0, length);
  const plane = 4 * Math.ceil(length / 4);
  return Int32Array.from({ length }, (_, index) => ((floats[index] ?? 0) << 16) | (floats[plane + index] ?? 0));
}
