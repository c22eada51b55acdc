import { existing } from "../errors.ts";
import type { KernelValue } from "../compile/kernel.ts";
import { hostMath, importHostMath } from "./math/host-math.ts";
import { pushAffine } from "./affine.ts";
import type { KernelCall } from "./distinct-kernels.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { ModuleWriter } from "./module-writer.ts";
import type { Program } from "./program.ts";
import { isShared } from "./program.ts";
import type { FunctionIndex, Local } from "./types.ts";

/** A stretch of a program between two meetings of its threads. */
export interface Phase {
  /** The exported function, which takes the thread's number. */
  readonly name: string;
  /** Whether all threads have a part in it; else the first one runs it alone. */
  readonly shared: boolean;
}

/** A program as a WebAssembly module. */
export interface BuiltModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The phases of a run by several threads; none where one thread runs it all. */
  readonly phases: readonly Phase[];
}

/** Writes the calls of a program's kernels. */
class CallWriter {
  readonly #program: Program;
  readonly #base: number;
  readonly #functions: ReadonlyMap<KernelCall["kernel"], FunctionIndex>;

  constructor(program: Program, base: number, functions: ReadonlyMap<KernelCall["kernel"], FunctionIndex>) {
    this.#program = program;
    this.#base = base;
    this.#functions = functions;
  }

  /** Calls a kernel for the whole of its work. */
  callWhole(w: FunctionWriter, call: KernelCall): void {
    const { codes, threads } = this.#program;
    const code = codes.get(call.kernel);
    this.#pushParameters(w, call, undefined);
    if (code !== undefined && isShared(code, threads)) {
      w.i32(0);
      w.i32(code.cuts?.start(code.cuts.pieces) ?? 0);
    }
    this.#call(w, call);
  }

  /** Calls a kernel for one thread's part of its work. */
  callPart(w: FunctionWriter, call: KernelCall, thread: Local): void {
    const { codes, threads } = this.#program;
    const cuts = codes.get(call.kernel)?.cuts;
    const bounds = Array.from({ length: threads + 1 }, (_, part) => (cuts === undefined ? 0 : cuts.start(Math.round((part * cuts.pieces) / threads))));
    this.#pushParameters(w, call, thread);
    pushChoice(w, bounds.slice(0, -1), thread);
    pushChoice(w, bounds.slice(1), thread);
    this.#call(w, call);
  }

  #call(w: FunctionWriter, { kernel }: KernelCall): void {
    w.call(existing(this.#functions.get(kernel), "kernel"));
  }

  #pushParameters(w: FunctionWriter, { kernel, buffers }: KernelCall, thread: Local | undefined): void {
    const { codes, layout } = this.#program;
    for (const parameter of codes.get(kernel)?.parameters ?? []) {
      if ("buffer" in parameter) {
        this.#pushBuffer(w, buffers[parameter.buffer] ?? -1);
        continue;
      }
      pushAffine(w, this.#base + layout.scratch + parameter.scratch, [[thread, layout.scratchBytes]]);
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

/** Pushes `choices[thread]`. */
function pushChoice(w: FunctionWriter, choices: readonly number[], thread: Local): void {
  const [first = 0, ...others] = choices;
  w.i32(first);
  others.forEach((choice, index) => {
    w.i32(choice);
    w.op("i32.lt_s", thread, index + 1);
    w.op("select");
  });
}

/** Cuts the calls into stretches that all threads share, one kernel each, and stretches that the first one runs alone. */
function phasesOf({ calls, codes, threads }: Program): { readonly shared: boolean; readonly calls: readonly KernelCall[] }[] {
  const phases: { shared: boolean; calls: KernelCall[] }[] = [];
  for (const call of calls) {
    const code = codes.get(call.kernel);
    const shared = code !== undefined && isShared(code, threads);
    const last = phases.at(-1);
    if (last === undefined || shared || last.shared) phases.push({ shared, calls: [call] });
    else last.calls.push(call);
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
  const functions = new Map([...codes].map(([kernel, code]) => [kernel, code.emit(module, argumentAddress, isShared(code, threads))]));
  const writer = new CallWriter(program, base, functions);
  module.addFunction("run", { parameters: [], results: [] }, (w) => {
    for (const call of calls) writer.callWhole(w, call);
  });
  const phases = threads === 1 ? [] : phasesOf(program).map(({ shared, calls: own }, number) => {
    const name = `phase${String(number)}`;
    module.addFunction(name, { parameters: ["i32"], results: [] }, (w) => {
      const [thread] = w.parameters;
      for (const call of own) {
        if (shared && thread !== undefined) writer.callPart(w, call, thread);
        else writer.callWhole(w, call);
      }
    });
    return { name, shared };
  });
  return { bytes: module.toBytes(), phases };
}
