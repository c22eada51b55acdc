import type { Plan } from "../compile/plan.ts";
import type { DistinctKernel, KernelCall } from "./distinct-kernels.ts";
import { distinctKernels } from "./distinct-kernels.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { emitLoopKernel } from "./loop/loop-kernel.ts";
import type { MemoryAccess } from "./loop/loop-kernel.ts";
import { planLoop } from "./loop/loop-plan.ts";
import { ModuleWriter } from "./module-writer.ts";
import { emitProductKernel, planProduct } from "./product-kernel.ts";
import type { FunctionReference } from "./types.ts";

/** Offsets, in bytes from the plan's base address, of what the generated code finds there. */
export interface Layout {
  /** One 32-bit address for each input. */
  readonly inputSlots: number;
  /** One 32-bit address for each fresh output. */
  readonly outputSlots: number;
  /** Eight bytes for each host argument. */
  readonly arguments: number;
  readonly temporaries: number;
  readonly scratch: number;
  readonly byteLength: number;
}

/** What a kernel's function is given: the address of one of the kernel's buffers, by number, or of a place in scratch memory, by offset. */
export type KernelParameter = { readonly buffer: number } | { readonly scratch: number };

/** A kernel ready to be written. */
interface KernelCode {
  readonly scratchBytes: number;
  readonly parameters: readonly KernelParameter[];
  readonly emit: (module: ModuleWriter, argumentAddress: MemoryAccess["argumentAddress"], scratch: number) => FunctionReference;
}

/** A plan's code before its addresses are known. */
export interface Program {
  readonly plan: Plan;
  readonly calls: readonly KernelCall[];
  readonly codes: ReadonlyMap<DistinctKernel, KernelCode>;
  readonly layout: Layout;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function codeOf({ kernel, formats }: DistinctKernel): KernelCode {
  const dtypeOf: MemoryAccess["dtypeOf"] = (buffer) => formats[buffer]?.dtype ?? "f32";
  const buffers = formats.map((_, buffer) => ({ buffer }));
  if (kernel.kind === "matmul") {
    const product = planProduct(kernel);
    return {
      scratchBytes: product.scratchBytes,
      parameters: [...product.operands, ...buffers],
      emit: (module, argumentAddress) => emitProductKernel(module, product, formats.length, { argumentAddress, dtypeOf }),
    };
  }
  const loop = planLoop(kernel, formats);
  return {
    scratchBytes: loop.scratchBytes,
    parameters: buffers,
    emit: (module, argumentAddress, scratch) =>
      module.addFunction(undefined, { parameters: buffers.map(() => "i32" as const), results: [] }, (w) => {
        emitLoopKernel(w, loop, { addresses: w.parameters, argumentAddress, dtypeOf }, scratch);
      }),
  };
}

/** Decides how a plan's kernels are written, and lays out the memory that they need. */
export function planProgram(plan: Plan): Program {
  const calls = distinctKernels(plan);
  const codes = new Map<DistinctKernel, KernelCode>();
  for (const { kernel } of calls) if (!codes.has(kernel)) codes.set(kernel, codeOf(kernel));
  const outputSlots = 4 * plan.inputs.length;
  const argumentsAt = roundUp(outputSlots + 4 * plan.freshOutputs.length);
  const temporaries = roundUp(argumentsAt + 8 * plan.host.arguments.length);
  const scratch = roundUp(temporaries + plan.temporaryBytes);
  const scratchBytes = [...codes.values()].reduce((most, code) => Math.max(most, code.scratchBytes), 0);
  return { plan, calls, codes, layout: { inputSlots: 0, outputSlots, arguments: argumentsAt, temporaries, scratch, byteLength: scratch + scratchBytes } };
}

/**
 * Writes a program as a WebAssembly module: one function for each distinct kernel, and `run`, which calls them in the plan's order.
 *
 * @param program - The program.
 * @param base - The address of its memory; it is baked into the code.
 * @returns The module's bytes.
 */
export function buildModule({ plan, calls, codes, layout }: Program, base: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  module.importMemory("opt", "memory", { min: 0 });
  const scratch = base + layout.scratch;
  const argumentAddress = (argument: number): number => base + layout.arguments + 8 * argument;
  const functions = new Map([...codes].map(([kernel, code]) => [kernel, code.emit(module, argumentAddress, scratch)]));
  const pushBuffer = (w: FunctionWriter, buffer: number): void => {
    const place = plan.buffers[buffer]?.place;
    if (place === undefined) throw new Error(`opt: internal: buffer ${String(buffer)} does not exist`);
    if (place.kind === "temporary") {
      w.i32(base + layout.temporaries + place.offset);
      return;
    }
    w.i32(base + (place.kind === "input" ? layout.inputSlots + 4 * place.input : layout.outputSlots + 4 * place.output));
    w.load("i32.load", 0);
  };
  module.addFunction("run", { parameters: [], results: [] }, (w) => {
    for (const { kernel, buffers } of calls) {
      for (const parameter of codes.get(kernel)?.parameters ?? []) {
        if ("scratch" in parameter) w.i32(scratch + parameter.scratch);
        else pushBuffer(w, buffers[parameter.buffer] ?? -1);
      }
      const reference = functions.get(kernel);
      if (reference !== undefined) w.call(reference);
    }
  });
  return module.toBytes();
}
