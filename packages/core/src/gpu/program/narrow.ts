import type { KernelValue } from "../../compile/kernel.ts";
import { operandsOf } from "../../compile/stages.ts";
import { fail } from "../../errors.ts";
import type { DType } from "../../tensor/dtype.ts";
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

/** A kernel that computes one value of another and stores it, along some of the axes, and the other one, which loads it. */
function splitAt(kernel: ElementKernel, chosen: number, counts: readonly boolean[], buffers: ProgramBuffer[]): [ElementKernel, ElementKernel] {
  const { values, result, extents, reduced } = kernel;
  const { kind, dtype } = valueAt(values, chosen);
  const length = extents.reduce((product, extent, axis) => (counts[axis] === true ? product * extent : product), 1);
  const output = buffers.push({ dtype: dtype === "f32" ? "f32" : "i32", length, place: { kind: "temporary" } }) - 1;
  const nowhere = extents.map(() => false);
  const load = (as: DType): KernelValue => ({ kind: "load", buffer: output, index: { strides: denseStrides(extents, counts), offset: 0 }, dtype: as });
  // Predicates are stored as whole numbers, and made from them again.
  const isPredicate = dtype === "bool";
  const next = values.length;
  const stored = isPredicate ? extract([...values, { kind: "function", name: "cast", operands: [chosen], dtype: "i32" }], next, new Map()) : extract(values, chosen, new Map());
  const seen: KernelValue = isPredicate ? { kind: "function", name: "less", operands: [next, next + 1], dtype } : load(dtype);
  const more: readonly KernelValue[] = isPredicate ? [{ kind: "constant", value: 0, dtype: "i32" }, load("i32")] : [];
  const rest = extract([...values.with(chosen, seen), ...more], result, new Map());
  const first: ElementKernel = { kind: "elements", extents, reduced: kind === "reduce" ? reduced : nowhere, ...stored, output, fused: [] };
  // Nothing is left to reduce after a reduction.
  if (kind === "reduce") return [first, { ...kernel, ...rest, extents: extents.map((extent, axis) => (counts[axis] === true ? extent : 1)), reduced: nowhere }];
  return [first, { ...kernel, ...rest }];
}

/** Splits a part that reads fewer buffers off a kernel that reads too many; undefined where the kernel reads few enough. */
function splitOff(kernel: ElementKernel, limit: number, buffers: ProgramBuffer[]): [ElementKernel, ElementKernel] | undefined {
  const { values, result, extents, reduced, fused } = kernel;
  const sources = sourcesOf(values);
  if ((sources[result]?.size ?? 0) <= limit) return undefined;
  const after = afterReduction(values);
  let chosen = -1;
  values.forEach((_, id) => {
    const size = sources[id]?.size ?? 0;
    if (size < 2 || size > limit || after[id] === true) return;
    if (size > (sources[chosen]?.size ?? 0)) chosen = id;
  });
  if (chosen >= 0) return splitAt(kernel, chosen, extents.map(() => true), buffers);
  const reduction = values.findIndex(({ kind }) => kind === "reduce");
  if (reduction >= 0 && reduction !== result) return splitAt(kernel, reduction, reduced.map((flag) => !flag), buffers);
  return fail("backend", `compile: a kernel reads ${String(sources[result]?.size)} buffers, this GPU allows ${String(limit)}, and no part of it can be split off (${fused.join(", ")}).`);
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
  const narrowed = (kernel: DeviceKernel): DeviceKernel[] => {
    const split = kernel.kind === "elements" ? splitOff(kernel, limit, buffers) : undefined;
    return split === undefined ? [kernel] : split.flatMap(narrowed);
  };
  const kernels = program.kernels.flatMap(narrowed);
  return { ...program, buffers, kernels };
}
