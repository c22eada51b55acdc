import type { Kernel } from "../compile/kernel.ts";
import type { Plan } from "../compile/plan.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { emitLoopKernel } from "./loop/loop-kernel.ts";
import type { MemoryAccess } from "./loop/loop-kernel.ts";
import { planLoop } from "./loop/loop-plan.ts";
import { ModuleWriter } from "./module-writer.ts";
import { emitProductKernel, productScratchBytes } from "./product-kernel.ts";
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

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Lays out a plan's own piece of memory. */
export function layOut(plan: Plan): Layout {
  const probe = new ModuleWriter();
  const scratchBytes = (kernel: Kernel): number =>
    kernel.kind === "matmul" ? productScratchBytes(kernel, probe) : planLoop(kernel, plan.buffers).scratchBytes;
  const outputSlots = 4 * plan.inputs.length;
  const argumentsAt = roundUp(outputSlots + 4 * plan.freshOutputs.length);
  const temporaries = roundUp(argumentsAt + 8 * plan.host.arguments.length);
  const scratch = roundUp(temporaries + plan.temporaryBytes);
  const byteLength = scratch + plan.kernels.reduce((most, kernel) => Math.max(most, scratchBytes(kernel)), 0);
  return { inputSlots: 0, outputSlots, arguments: argumentsAt, temporaries, scratch, byteLength };
}

/**
 * Writes a plan as a WebAssembly module: one function for each kernel, and `run`, which calls them in order.
 *
 * @param plan - The plan.
 * @param layout - Its memory.
 * @param base - The address of that memory; it is baked into the code.
 * @returns The module's bytes.
 */
export function buildModule(plan: Plan, layout: Layout, base: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  module.importMemory("opt", "memory", { min: 0 });
  const memory: MemoryAccess = {
    pushBuffer: (w, buffer) => {
      const place = plan.buffers[buffer]?.place;
      if (place === undefined) throw new Error(`opt: internal: buffer ${String(buffer)} does not exist`);
      if (place.kind === "temporary") {
        w.i32(base + layout.temporaries + place.offset);
        return;
      }
      w.i32(base + (place.kind === "input" ? layout.inputSlots + 4 * place.input : layout.outputSlots + 4 * place.output));
      w.load("i32.load", 0);
    },
    argumentAddress: (argument) => base + layout.arguments + 8 * argument,
    dtypeOf: (buffer) => plan.buffers[buffer]?.dtype ?? "f32",
  };
  const scratch = base + layout.scratch;
  const functions = plan.kernels.map((kernel) => emitKernel(module, kernel, plan, memory, scratch));
  module.addFunction("run", { parameters: [], results: [] }, (w: FunctionWriter) => {
    for (const kernel of functions) w.call(kernel);
  });
  return module.toBytes();
}

function emitKernel(module: ModuleWriter, kernel: Kernel, plan: Plan, memory: MemoryAccess, scratch: number): FunctionReference {
  if (kernel.kind === "matmul") return emitProductKernel(module, kernel, memory, scratch);
  const layout = planLoop(kernel, plan.buffers);
  return module.addFunction(undefined, { parameters: [], results: [] }, (w) => {
    emitLoopKernel(w, layout, memory, scratch);
  });
}
