import type { LoopKernel, MatmulKernel } from "../compile/kernel.ts";
import type { Plan } from "../compile/plan.ts";
import type { DistinctKernel, KernelCall } from "./distinct-kernels.ts";
import { distinctKernels } from "./distinct-kernels.ts";
import { emitLoopKernel } from "./loop/loop-kernel.ts";
import type { MemoryAccess } from "./loop/loop-kernel.ts";
import type { BufferFormat } from "./loop/loop-plan.ts";
import { planLoop } from "./loop/loop-plan.ts";
import type { ModuleWriter } from "./module-writer.ts";
import { emitProductKernel, planProduct } from "./product-kernel.ts";
import type { FunctionIndex } from "./types.ts";

/** Offsets, in bytes from the plan's base address, of what the generated code finds there. */
export interface Layout {
  /** One 32-bit address for each input. */
  readonly inputSlots: number;
  /** One 32-bit address for each fresh output. */
  readonly outputSlots: number;
  /** Eight bytes for each host argument. */
  readonly arguments: number;
  readonly temporaries: number;
  /** One piece of `scratchBytes` for each thread. */
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly byteLength: number;
}

/** What a kernel's function is given: the address of one of the kernel's buffers, by number, or of a place in scratch memory, by offset. */
export type KernelParameter = { readonly buffer: number } | { readonly scratch: number };

/** Where threads may cut a kernel's work: it has `pieces` pieces, and piece i begins at `start(i)`; the last one ends at `start(pieces)`. */
export interface Cuts {
  readonly pieces: number;
  readonly start: (piece: number) => number;
}

/** A kernel ready to be written. */
interface KernelCode {
  readonly scratchBytes: number;
  readonly parameters: readonly KernelParameter[];
  /** Undefined where one thread does it all. */
  readonly cuts: Cuts | undefined;
  /** Writes the function; with `inParts` it takes the bounds of a part after its parameters. */
  readonly emit: (module: ModuleWriter, argumentAddress: MemoryAccess["argumentAddress"], inParts: boolean) => FunctionIndex;
}

/** A plan's code before its addresses are known. */
export interface Program {
  readonly plan: Plan;
  readonly calls: readonly KernelCall[];
  readonly codes: ReadonlyMap<DistinctKernel, KernelCode>;
  readonly layout: Layout;
  /** How many threads may run it; 1 where no kernel is worth sharing. */
  readonly threads: number;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function productCode(kernel: MatmulKernel, formats: readonly BufferFormat[]): KernelCode {
  const product = planProduct(kernel);
  const { split } = product;
  const dtypeOf: MemoryAccess["dtypeOf"] = (buffer) => formats[buffer]?.dtype ?? "f32";
  return {
    scratchBytes: product.scratchBytes,
    parameters: [...product.operands, ...formats.map((_, buffer) => ({ buffer }))],
    cuts: split && { pieces: split.cuts.length - 1, start: (piece) => split.cuts[piece] ?? 0 },
    emit: (module, argumentAddress, inParts) =>
      emitProductKernel(module, product, formats.length, { argumentAddress, dtypeOf }, inParts ? split?.part : undefined),
  };
}

function loopCode(kernel: LoopKernel, formats: readonly BufferFormat[]): KernelCode {
  const loop = planLoop(kernel, formats);
  const { split, scratchBytes } = loop;
  const dtypeOf: MemoryAccess["dtypeOf"] = (buffer) => formats[buffer]?.dtype ?? "f32";
  const buffers = formats.map((_, buffer) => ({ buffer }));
  const parameters = scratchBytes > 0 ? [...buffers, { scratch: 0 }] : buffers;
  return {
    scratchBytes,
    parameters,
    cuts: split && { pieces: Math.ceil(split.extent / split.grain), start: (piece) => Math.min(piece * split.grain, split.extent) },
    emit: (module, argumentAddress, inParts) => {
      const types = [...parameters, ...(inParts ? [0, 1] : [])].map(() => "i32" as const);
      return module.addFunction(undefined, { parameters: types, results: [] }, (w) => {
        const scratch = scratchBytes > 0 ? w.parameters[buffers.length] : undefined;
        const [from, to] = inParts ? w.parameters.slice(-2) : [];
        const range = from === undefined || to === undefined ? undefined : { from, to };
        emitLoopKernel(w, loop, { addresses: w.parameters, scratch, argumentAddress, dtypeOf }, range);
      });
    },
  };
}

function codeOf({ kernel, formats }: DistinctKernel): KernelCode {
  return kernel.kind === "matmul" ? productCode(kernel, formats) : loopCode(kernel, formats);
}

/** Whether several threads share a kernel. */
export function isShared(code: KernelCode, threads: number): boolean {
  return threads > 1 && code.cuts !== undefined && code.cuts.pieces >= threads;
}

/**
 * Decides how a plan's kernels are written, and lays out the memory that they need.
 *
 * @param plan - The plan.
 * @param wantedThreads - How many threads may share a kernel's work.
 */
export function planProgram(plan: Plan, wantedThreads: number): Program {
  const calls = distinctKernels(plan);
  const codes = new Map<DistinctKernel, KernelCode>();
  for (const { kernel } of calls) if (!codes.has(kernel)) codes.set(kernel, codeOf(kernel));
  const threads = [...codes.values()].some((code) => isShared(code, wantedThreads)) ? wantedThreads : 1;
  const outputSlots = 4 * plan.inputs.length;
  const argumentsAt = roundUp(outputSlots + 4 * plan.freshOutputs.length);
  const temporaries = roundUp(argumentsAt + 8 * plan.host.arguments.length);
  const scratch = roundUp(temporaries + plan.temporaryBytes);
  const scratchBytes = roundUp([...codes.values()].reduce((most, code) => Math.max(most, code.scratchBytes), 0));
  const layout = { inputSlots: 0, outputSlots, arguments: argumentsAt, temporaries, scratch, scratchBytes, byteLength: scratch + threads * scratchBytes };
  return { plan, calls, codes, layout, threads };
}
