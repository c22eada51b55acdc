import type { KernelValue } from "../../compile/kernel.ts";
import { operandsOf } from "../../compile/stages.ts";
import { fail } from "../../errors.ts";
import { extract, valueAt } from "./body.ts";
import type { DeviceKernel, DeviceProgram, ElementKernel, ProgramBuffer } from "./device-program.ts";
import { denseStrides } from "./device-program.ts";

/** For each value, the buffers that it is made from. */
function sourcesOf(values: readonly KernelValue[]): ReadonlySet<number>[] {
  const sources: ReadonlySet<number>[] = [];
  values.forEach((value, id) => {
    sources[id] = value.kind === "load" ? new Set([value.buffer]) : new Set(operandsOf(value).flatMap((operand) => [...(sources[operand] ?? [])]));
  });
  return sources;
}

/** For each value, whether it needs the result of the kernel's reduction. */
function afterReduction(values: readonly KernelValue[]): boolean[] {
  const after: boolean[] = [];
  values.forEach((value, id) => {
    after[id] = value.kind === "reduce" || operandsOf(value).some((operand) => after[operand] === true);
  });
  return after;
}

/** Splits a part that reads fewer buffers off a kernel that reads too many; undefined where the kernel reads few enough. */
function splitOff(kernel: ElementKernel, limit: number, buffers: ProgramBuffer[]): [ElementKernel, ElementKernel] | undefined {
  const { values, result, extents, fused } = kernel;
  const sources = sourcesOf(values);
  if ((sources[result]?.size ?? 0) <= limit) return undefined;
  const after = afterReduction(values);
  let chosen = -1;
  values.forEach((value, id) => {
    const size = sources[id]?.size ?? 0;
    if (size < 2 || size > limit || value.dtype === "bool" || after[id] === true) return;
    if (size > (sources[chosen]?.size ?? 0)) chosen = id;
  });
  if (chosen < 0) fail("backend", `compile: a kernel reads ${String(sources[result]?.size)} buffers, this GPU allows ${String(limit)}, and no part of it can be split off (${fused.join(", ")}).`);
  const { dtype } = valueAt(values, chosen);
  const counts = extents.map(() => true);
  const output = buffers.push({ dtype: dtype === "f32" ? "f32" : "i32", length: extents.reduce((product, extent) => product * extent, 1), place: { kind: "temporary" } }) - 1;
  const part = extract(values, chosen, new Map());
  const first: ElementKernel = { kind: "elements", extents, reduced: extents.map(() => false), ...part, output, fused: [] };
  const load: KernelValue = { kind: "load", buffer: output, index: { strides: denseStrides(extents, counts), offset: 0 }, dtype };
  return [first, { ...kernel, ...extract(values, result, new Map([[chosen, load]])) }];
}

/**
 * Splits kernels that read more buffers than a device can bind at once.
 *
 * @param program - The program.
 * @param limit - How many buffers a kernel may read.
 * @throws OptError `backend` where a kernel cannot be split.
 */
export function limitInputs(program: DeviceProgram, limit: number): DeviceProgram {
  const buffers = [...program.buffers];
  const kernels: DeviceKernel[] = [];
  for (const kernel of program.kernels) {
    let rest: DeviceKernel = kernel;
    while (rest.kind === "elements") {
      const split = splitOff(rest, limit, buffers);
      if (split === undefined) break;
      kernels.push(split[0]);
      [, rest] = split;
    }
    kernels.push(rest);
  }
  return { ...program, buffers, kernels };
}
