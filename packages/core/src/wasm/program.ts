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
import type { ProductPart } from "./matmul/spec.ts";
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

/**
 * What a kernel's function is given: the address of one of the kernel's buffers, by number, or of a place in scratch memory, by offset: in a
 * thread's own piece of it or, for what is common to all, in that of the first one.
 */
export type KernelParameter = { readonly buffer: number } | { readonly scratch: number; readonly common?: boolean };

type Emit = (module: ModuleWriter, argumentAddress: MemoryAccess["argumentAddress"]) => FunctionIndex;

/** Work that threads share before they meet: it has `pieces` pieces, and piece i begins at `start(i)`; the last one ends at `start(pieces)`. */
export interface SharedStep {
  readonly pieces: number;
  readonly start: (piece: number) => number;
  /** Whether some of the work is done again for each part, however small. */
  readonly repeats: boolean;
  /** Writes the function, which takes the bounds of a part after the kernel's parameters. */
  readonly emit: Emit;
}

/** A kernel ready to be written. */
export interface KernelCode {
  readonly scratchBytes: number;
  readonly parameters: readonly KernelParameter[];
  /** Writes one function for all of it. */
  readonly emit: Emit;
  /** How threads may share it; empty where one thread does it all. */
  readonly steps: readonly SharedStep[];
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

function productCode(kernel: MatmulKernel, formats: readonly BufferFormat[], threads: number): KernelCode {
  const product = planProduct(kernel, threads);
  const dtypeOf: MemoryAccess["dtypeOf"] = (buffer) => formats[buffer]?.dtype ?? "f32";
  const emit = (part: ProductPart | undefined): Emit => (module, argumentAddress) =>
    emitProductKernel(module, product, formats.length, { argumentAddress, dtypeOf }, part);
  return {
    scratchBytes: product.scratchBytes,
    parameters: [...product.operands, ...formats.map((_, buffer) => ({ buffer }))],
    emit: emit(undefined),
    steps: product.steps.map(({ part, cuts, repeats }) => ({ pieces: cuts.length - 1, start: (piece) => cuts[piece] ?? 0, repeats, emit: emit(part) })),
  };
}

function loopCode(kernel: LoopKernel, formats: readonly BufferFormat[]): KernelCode {
  const loop = planLoop(kernel, formats);
  const { split, scratchBytes } = loop;
  const dtypeOf: MemoryAccess["dtypeOf"] = (buffer) => formats[buffer]?.dtype ?? "f32";
  const buffers = formats.map((_, buffer) => ({ buffer }));
  const parameters = scratchBytes > 0 ? [...buffers, { scratch: 0 }] : buffers;
  const emit = (inParts: boolean): Emit => (module, argumentAddress) => {
    const types = [...parameters, ...(inParts ? [0, 1] : [])].map(() => "i32" as const);
    return module.addFunction(undefined, { parameters: types, results: [] }, (w) => {
      const scratch = scratchBytes > 0 ? w.parameters[buffers.length] : undefined;
      const [from, to] = inParts ? w.parameters.slice(-2) : [];
      const range = from === undefined || to === undefined ? undefined : { from, to };
      emitLoopKernel(w, loop, { addresses: w.parameters, scratch, argumentAddress, dtypeOf }, range);
    });
  };
  const step = split && { pieces: Math.ceil(split.extent / split.grain), start: (piece: number) => Math.min(piece * split.grain, split.extent), repeats: false, emit: emit(true) };
  return { scratchBytes, parameters, emit: emit(false), steps: step === undefined ? [] : [step] };
}

function codeOf({ kernel, formats }: DistinctKernel, threads: number): KernelCode {
  return kernel.kind === "matmul" ? productCode(kernel, formats, threads) : loopCode(kernel, formats);
}

/** Whether several threads share a kernel. */
export function isShared(code: KernelCode, threads: number): boolean {
  return threads > 1 && code.steps.length > 0 && code.steps.every(({ pieces }) => pieces >= threads);
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
  for (const { kernel } of calls) if (!codes.has(kernel)) codes.set(kernel, codeOf(kernel, wantedThreads));
  const threads = [...codes.values()].some((code) => isShared(code, wantedThreads)) ? wantedThreads : 1;
  const outputSlots = 4 * plan.inputs.length;
  const argumentsAt = roundUp(outputSlots + 4 * plan.freshOutputs.length);
  const temporaries = roundUp(argumentsAt + 8 * plan.host.arguments.length);
  const scratch = roundUp(temporaries + plan.temporaryBytes);
  const scratchBytes = roundUp([...codes.values()].reduce((most, code) => Math.max(most, code.scratchBytes), 0));
  const layout = { inputSlots: 0, outputSlots, arguments: argumentsAt, temporaries, scratch, scratchBytes, byteLength: scratch + threads * scratchBytes };
  return { plan, calls, codes, layout, threads };
}
