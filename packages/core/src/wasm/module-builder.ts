import { existing } from "../errors.ts";
import type { KernelValue } from "../compile/kernel.ts";
import { hostMath, importHostMath } from "./math/host-math.ts";
import { pushAffine } from "./affine.ts";
import type { KernelCall } from "./distinct-kernels.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { ModuleWriter } from "./module-writer.ts";
import type { KernelCode, Program, SharedStep } from "./program.ts";
import { isShared } from "./program.ts";
import type { FunctionIndex, Local } from "./types.ts";

/** A stretch of a program between two meetings of its threads. */
export interface Phase {
  /** The exported function, which takes the numbers of a chunk and of the thread that does it. */
  readonly name: string;
  /** How many threads have a share of the chunks: all, or one where the work is not divided. */
  readonly shares: number;
  /** Chunks in a share. */
  readonly chunks: number;
}

/** A program as a WebAssembly module. */
export interface BuiltModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The phases of a run by several threads; none where one thread runs it all. */
  readonly phases: readonly Phase[];
}

/** A kernel's functions: one for all of its work, or one for each of the steps that threads share. */
interface KernelFunctions {
  readonly code: KernelCode;
  readonly functions: readonly { readonly index: FunctionIndex; readonly step: SharedStep | undefined }[];
}

/** Writes the calls of a program's kernels. */
class CallWriter {
  readonly #program: Program;
  readonly #base: number;
  readonly #kernels: ReadonlyMap<KernelCall["kernel"], KernelFunctions>;

  constructor(program: Program, base: number, kernels: ReadonlyMap<KernelCall["kernel"], KernelFunctions>) {
    this.#program = program;
    this.#base = base;
    this.#kernels = kernels;
  }

  /** Calls a kernel for the whole of its work. */
  callWhole(w: FunctionWriter, call: KernelCall): void {
    const { code, functions } = existing(this.#kernels.get(call.kernel), "kernel");
    for (const { index, step } of functions) {
      this.#pushParameters(w, code, call, undefined);
      if (step !== undefined) {
        w.i32(0);
        w.i32(step.start(step.pieces));
      }
      w.call(index);
    }
  }

  /** Calls one of a kernel's steps for one chunk of its work. Returns how many chunks a share has. */
  callPart(w: FunctionWriter, call: KernelCall, number: number): number {
    const { code, functions } = existing(this.#kernels.get(call.kernel), "kernel");
    const { index, step } = existing(functions[number], "step");
    const { pieces, start, repeats } = existing(step, "step");
    const { threads } = this.#program;
    const chunk = existing(w.parameters[0], "chunk");
    // Each chunk is half of what is left of its share, so that little is waited for in the end; the smallest one is still a piece.
    const chunks = repeats ? 1 : Math.min(6, 1 + Math.floor(Math.log2(pieces / threads)));
    const bounds = Array.from({ length: threads * chunks + 1 }, (_, each) => {
      const done = Math.floor(each / chunks) + 1 - 2 ** -(each % chunks);
      return start(Math.round((done * pieces) / threads));
    });
    this.#pushParameters(w, code, call, w.parameters[1]);
    pushChoice(w, bounds.slice(0, -1), chunk);
    pushChoice(w, bounds.slice(1), chunk);
    w.call(index);
    return chunks;
  }

  #pushParameters(w: FunctionWriter, { parameters }: KernelCode, { buffers }: KernelCall, thread: Local | undefined): void {
    const { layout } = this.#program;
    for (const parameter of parameters) {
      if ("buffer" in parameter) this.#pushBuffer(w, buffers[parameter.buffer] ?? -1);
      else pushAffine(w, this.#base + layout.scratch + parameter.scratch, [[parameter.common === true ? undefined : thread, layout.scratchBytes]]);
    }
  }

  #pushBuffer(w: FunctionWriter, buffer: number): void {
    const { plan, layout } = this.#program;
    const { place } = existing(plan.buffers[buffer], "buffer");
    if (place.kind === "temporary") {
      w.i32(this.#base + layout.temporaries + place.offset);
      return;
    }
    w.load("i32.load", 0, this.#base + (place.kind === "input" ? layout.inputSlots + 4 * place.input : layout.outputSlots + 4 * place.output));
  }
}

/** Pushes `choices[number]`. */
function pushChoice(w: FunctionWriter, choices: readonly number[], number: Local): void {
  const [first = 0, ...others] = choices;
  w.i32(first);
  others.forEach((choice, index) => {
    w.i32(choice);
    w.op("i32.lt_s", number, index + 1);
    w.op("select");
  });
}

/** A step that all threads share, or calls that the first one makes alone. */
type PhasePlan = { readonly call: KernelCall; readonly step: number } | { readonly alone: KernelCall[] };

/** Cuts the calls into stretches between the meetings of threads. */
function phasesOf({ calls, codes, threads }: Program): PhasePlan[] {
  const phases: PhasePlan[] = [];
  for (const call of calls) {
    const code = existing(codes.get(call.kernel), "kernel");
    const last = phases.at(-1);
    if (isShared(code, threads)) code.steps.forEach((_, step) => phases.push({ call, step }));
    else if (last !== undefined && "alone" in last) last.alone.push(call);
    else phases.push({ alone: [call] });
  }
  return phases;
}

/**
 * Writes a program as a WebAssembly module: one function for each distinct kernel, `run`, which calls them in the plan's order, and,
 * for several threads, a function for each phase between two meetings.
 *
 * @param program - The program.
 * @param base - The address of its memory; it is baked into the code.
 * @param memory - How the memory was made.
 * @returns The module's bytes and its phases.
 */
export function buildModule(program: Program, base: number, memory: { readonly shared: boolean; readonly maximumPages: number }): BuiltModule {
  const { codes, layout, calls, threads } = program;
  const module = new ModuleWriter();
  module.importMemory("opt", "memory", { min: 0, max: memory.maximumPages, shared: memory.shared });
  // An unused import would be looked up whenever the module is instantiated.
  const isHostFunction = (value: KernelValue): boolean => value.kind === "function" && value.name in hostMath;
  if (calls.some(({ kernel }) => kernel.kernel.values.some(isHostFunction))) importHostMath(module);
  const argumentAddress = (argument: number): number => base + layout.arguments + 8 * argument;
  const kernels = new Map([...codes].map(([kernel, code]): [KernelCall["kernel"], KernelFunctions] => {
    const steps = isShared(code, threads) ? code.steps : [undefined];
    return [kernel, { code, functions: steps.map((step) => ({ step, index: (step ?? code).emit(module, argumentAddress) })) }];
  }));
  const writer = new CallWriter(program, base, kernels);
  module.addFunction("run", { parameters: [], results: [] }, (w) => {
    for (const call of calls) writer.callWhole(w, call);
  });
  const phases = threads === 1 ? [] : phasesOf(program).map((phase, number) => {
    const name = `phase${String(number)}`;
    let chunks = 1;
    module.addFunction(name, { parameters: ["i32", "i32"], results: [] }, (w) => {
      if ("call" in phase) chunks = writer.callPart(w, phase.call, phase.step);
      else for (const call of phase.alone) writer.callWhole(w, call);
    });
    return { name, shares: "call" in phase ? threads : 1, chunks };
  });
  return { bytes: module.toBytes(), phases };
}
