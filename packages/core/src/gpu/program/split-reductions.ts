import type { IndexMap, KernelValue } from "../../compile/kernel.ts";
import { failInternally } from "../../errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { extract } from "./body.ts";
import type { DeviceKernel, DeviceProgram, ElementKernel, ProgramBuffer } from "./device-program.ts";
import { denseStrides } from "./device-program.ts";

/** A reduction is split if each of its results has at least so many terms … */
const fewestTerms = 512;
/** … and it has at most so many results: more keep the GPU busy as they are. */
const mostResults = 2048;
/** So many partial results keep the GPU busy. */
const wantedPartials = 2048;

/** In how many parts the longest reduced axis is taken: a multiple of four, so that neighbouring partial results are one quad. */
function partsOf(length: number, results: number): number {
  const balanced = results === 1 ? Math.sqrt(length) : wantedPartials / results;
  const wanted = Math.min(Math.max(2 ** Math.round(Math.log2(balanced)), 8), 1024);
  for (let parts = wanted; parts >= wanted / 2; parts -= 4) if (length % parts === 0) return parts;
  return wanted;
}

/** Gives all walks of a body other strides. */
function withIndices(values: readonly KernelValue[], change: (index: IndexMap) => IndexMap): KernelValue[] {
  return values.map((value) => (value.kind === "load" || value.kind === "iota" || value.kind === "random" ? { ...value, index: change(value.index) } : value));
}

/** The kernel that reduces every `parts`-th element along one axis, for each of the `parts` places to start at. */
function partialKernel(kernel: ElementKernel, reduction: number, axis: number, parts: number, output: number): ElementKernel {
  const { extents, reduced, values } = kernel;
  const length = extents[axis] ?? 1;
  const rounds = Math.ceil(length / parts);
  // The axis is walked in rounds; which of the parts an element is in becomes the innermost axis of the result.
  const spread = ({ strides, offset }: IndexMap): IndexMap => {
    const stride = strides[axis] ?? 0;
    return { strides: [...strides.with(axis, stride * parts), stride], offset };
  };
  const { values: body, result } = extract(withIndices(values, spread), reduction, new Map());
  const partial = { kind: "elements" as const, extents: [...extents.with(axis, rounds), parts], reduced: [...reduced, false], values: body, result, output, fused: kernel.fused };
  const last = body[result];
  if (length === rounds * parts || last?.kind !== "reduce") return partial;
  // Past the end of the axis nothing is added.
  const push = (value: KernelValue): number => body.push(value) - 1;
  body.pop();
  const strides = [...extents.map((_, other) => (other === axis ? parts : 0)), 1];
  const position = push({ kind: "iota", index: { strides, offset: 0 }, dtype: "i32" });
  const end = push({ kind: "constant", value: length, dtype: "i32" });
  const isInside = push({ kind: "function", name: "less", operands: [position, end], dtype: "bool" });
  const lowest = last.dtype === "i32" ? -(2 ** 31) : Number.NEGATIVE_INFINITY;
  const neutral = push({ kind: "constant", value: last.name === "sum" ? 0 : lowest, dtype: last.dtype });
  const operand = push({ kind: "function", name: "where", operands: [isInside, last.operand, neutral], dtype: last.dtype });
  return { ...partial, result: push({ ...last, operand }) };
}

/** The kernel that reduces the partial results and computes what follows. */
function finalKernel(kernel: ElementKernel, reduction: number, parts: number, partials: number): ElementKernel {
  const { extents, reduced, values, result } = kernel;
  const value = values[reduction];
  if (value?.kind !== "reduce") failInternally("there is no reduction to finish");
  const outer = extents.map((extent, axis) => (reduced[axis] === true ? 1 : extent));
  const counts = reduced.map((flag) => !flag);
  const strides = [...denseStrides(outer, counts).map((stride) => stride * parts), 1];
  const load: KernelValue = { kind: "load", buffer: partials, index: { strides, offset: 0 }, dtype: value.dtype };
  const body = withIndices(values, ({ strides: own, offset }) => ({ strides: [...own, 0], offset }));
  body[reduction] = { ...value, operand: body.push(load) - 1 };
  const part = extract(body, result, new Map());
  return { ...kernel, extents: [...outer, parts], reduced: [...outer.map(() => false), true], ...part, fused: [value.name] };
}

/** A reduction in two kernels; undefined where it is better done in one. */
function split(kernel: ElementKernel, buffers: ProgramBuffer[]): [ElementKernel, ElementKernel] | undefined {
  const { extents, reduced, values } = kernel;
  const reduction = values.findIndex((value) => value.kind === "reduce");
  const results = sizeOf(extents.filter((_, axis) => reduced[axis] !== true));
  const terms = sizeOf(extents.filter((_, axis) => reduced[axis] === true));
  if (reduction < 0 || terms < fewestTerms || results > mostResults || results === 0) return undefined;
  const longest = extents.reduce((best, extent, axis) => (reduced[axis] === true && (best < 0 || extent > (extents[best] ?? 0)) ? axis : best), -1);
  const parts = partsOf(extents[longest] ?? 1, results);
  if (parts >= (extents[longest] ?? 1)) return undefined;
  const partials = buffers.push({ dtype: values[reduction]?.dtype === "i32" ? "i32" : "f32", length: results * parts, place: { kind: "temporary" } }) - 1;
  return [partialKernel(kernel, reduction, longest, parts, partials), finalKernel(kernel, reduction, parts, partials)];
}

/**
 * Splits reductions of many terms to few results into two kernels: one for partial results, which many threads compute, and one
 * that finishes them.
 */
export function splitReductions(program: DeviceProgram): DeviceProgram {
  const buffers = [...program.buffers];
  const kernels = program.kernels.flatMap((kernel): DeviceKernel[] => (kernel.kind === "elements" ? (split(kernel, buffers) ?? [kernel]) : [kernel]));
  return { ...program, buffers, kernels };
}
