import type { LoadedPlan } from "../compile/backend.ts";
import { runHost } from "../compile/host-program.ts";
import type { Plan } from "../compile/plan.ts";
import { existing, fail } from "../errors.ts";
import { itemSize, makeArray } from "../tensor/dtype.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import type { DeviceBuffer, Storage } from "../tensor/storage.ts";
import { arrayStorage, bufferStorage } from "../tensor/storage.ts";
import { hostMath, hostMathModule } from "./math/host-math.ts";
import type { WasmMemory } from "./memory.ts";
import { wasmMemory } from "./memory.ts";
import { buildModule } from "./module-builder.ts";
import type { Layout } from "./program.ts";
import { planProgram } from "./program.ts";
import { SharedRun } from "./threads/shared-run.ts";
import { teamOf } from "./threads/team.ts";

/** Results up to this size are handed out as ordinary arrays, which cost no bookkeeping and which the garbage collector sees. */
export const smallBytes = 4096;

/**
 * So many bytes may wait in results that are handed out as memory buffers; beyond that results become ordinary arrays, since
 * finalizers run only when the program pauses.
 */
const bufferedBytesLimit = 1 << 30;

const finalizer = new FinalizationRegistry<DeviceBuffer>((buffer) => {
  buffer.release();
});

/** Makes a storage in the backend's memory that gives its memory back when nothing refers to it any more. */
export function managedStorage(dtype: Storage["dtype"], length: number): Storage {
  const buffer = wasmMemory().allocate(length * itemSize[dtype]);
  const storage = bufferStorage(dtype, length, buffer);
  finalizer.register(storage, buffer);
  return storage;
}

/** Makes a storage with every element equal to one value. */
export function filledStorage(dtype: Storage["dtype"], length: number, value: number): Storage {
  if (length * itemSize[dtype] <= smallBytes) return arrayStorage(dtype, makeArray(dtype, length).fill(value));
  const storage = managedStorage(dtype, length);
  wasmMemory().fill(dtype, storage.buffer?.address ?? 0, length, value);
  return storage;
}

/** Moves elements that are needed again and again from an ordinary array into the backend's memory. */
function makeResident(storage: Storage, array: TypedArray): DeviceBuffer {
  const buffer = wasmMemory().allocate(array.byteLength);
  wasmMemory().write(buffer.address, array);
  finalizer.register(storage, buffer);
  storage.buffer = buffer;
  storage.array = undefined;
  return buffer;
}

/** A plan as a loaded WebAssembly module with its memory. */
export class Executable implements LoadedPlan {
  readonly plan: Plan;
  readonly #moduleBytes: number;
  readonly #memory: WasmMemory = wasmMemory();
  readonly #base: DeviceBuffer;
  readonly #layout: Layout;
  readonly #runAlone: () => void;
  readonly #shared: SharedRun | undefined;
  /** Why only one thread runs it, where more were asked for and none can help. */
  readonly #whyAlone: string | undefined;
  /** Where inputs that are ordinary arrays are copied to. */
  readonly #staging: (DeviceBuffer | undefined)[];
  /** Fixed places of the outputs that are handed out as ordinary arrays. */
  readonly #arrayOutputs: (DeviceBuffer | undefined)[];
  #busy = false;

  /**
   * @param plan - The plan.
   * @param threads - How many threads may run it.
   */
  constructor(plan: Plan, threads: number) {
    this.plan = plan;
    const program = planProgram(plan, this.#memory.shared ? threads : 1);
    this.#layout = program.layout;
    this.#base = this.#memory.allocate(this.#layout.byteLength);
    finalizer.register(this, this.#base);
    const { bytes, phases } = buildModule(program, this.#base.address, this.#memory);
    this.#moduleBytes = bytes.byteLength;
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module, { opt: { memory: this.#memory.memory }, [hostMathModule]: hostMath });
    // The module exports `run`, a function without parameters and results.
    this.#runAlone = exports["run"] as () => void;
    this.#shared = phases.length === 0 ? undefined : new SharedRun(teamOf(this.#memory, program.threads), { module, phases }, exports, this.#runAlone);
    if (threads > 1 && !this.#memory.shared) this.#whyAlone = "only pages isolated from other origins can share memory";
    else if (threads > 1) this.#whyAlone = "no kernel has enough work to share";
    this.#staging = plan.inputs.map(() => undefined);
    this.#arrayOutputs = plan.freshOutputs.map(({ length, dtype }) => {
      const bytesNeeded = length * itemSize[dtype];
      return bytesNeeded > smallBytes ? undefined : this.#owned(bytesNeeded);
    });
  }

  run(inputs: readonly Storage[]): Storage[] {
    if (this.#busy) return fail("trace", "A compiled function was called while it was running.");
    this.#busy = true;
    try {
      const { plan } = this;
      runHost(plan.host);
      const slots = this.#slot(this.#layout.inputSlots);
      for (let input = 0; input < inputs.length; input++) {
        const storage = existing(inputs[input], "storage");
        const address = storage.buffer?.address ?? this.#stage(input, storage);
        // Staging may have made the memory grow, and its views anew.
        this.#memory.i32[slots + input] = address;
      }
      const outputs = new Array<Storage | undefined>(plan.freshOutputs.length);
      for (let output = 0; output < outputs.length; output++) outputs[output] = this.#prepareOutput(output);
      this.#writeArguments();
      if (this.#shared === undefined) this.#runAlone();
      else this.#shared.run();
      for (const copy of plan.copies) this.#copy(copy.from, copy.to);
      return outputs.map((storage, output) => storage ?? this.#collect(output));
    } finally {
      this.#busy = false;
    }
  }

  describe(): string[] {
    const size = `${String(this.#moduleBytes)} bytes of WebAssembly`;
    // How many threads run it is worth telling only where more than one was asked for.
    if (this.#shared !== undefined) return [size, this.#shared.describe()];
    return this.#whyAlone === undefined ? [size] : [size, `1 thread, because ${this.#whyAlone}`];
  }

  /** A piece of memory that lives as long as the executable. */
  #owned(byteLength: number): DeviceBuffer {
    const buffer = this.#memory.allocate(byteLength);
    finalizer.register(this, buffer);
    return buffer;
  }

  #slot(offset: number): number {
    return (this.#base.address + offset) >> 2;
  }

  /** Copies an ordinary array to where kernels can read it, and says where. */
  #stage(input: number, storage: Storage): number {
    const { array, remote } = storage;
    if (array === undefined) return fail("backend", `A tensor on ${String(remote?.backend.name)} cannot be used on the CPU; copy it first: await toHost(tree).`);
    const returns = storage.used && array.byteLength > smallBytes && this.#memory.usedBytes <= bufferedBytesLimit;
    storage.used = true;
    if (returns) return makeResident(storage, array).address;
    const place = (this.#staging[input] ??= this.#owned(array.byteLength));
    this.#memory.write(place.address, array);
    return place.address;
  }

  /** Tells the kernels where a fresh output goes; a result in the backend's memory is made at once. */
  #prepareOutput(output: number): Storage | undefined {
    const { dtype, length } = existing(this.plan.freshOutputs[output], "output");
    if (this.#memory.usedBytes > bufferedBytesLimit) this.#arrayOutputs[output] ??= this.#owned(length * itemSize[dtype]);
    const fixed = this.#arrayOutputs[output];
    const storage = fixed === undefined ? managedStorage(dtype, length) : undefined;
    const address = fixed?.address ?? storage?.buffer?.address ?? 0;
    this.#memory.i32[this.#slot(this.#layout.outputSlots) + output] = address;
    return storage;
  }

  #collect(output: number): Storage {
    const { dtype, length } = existing(this.plan.freshOutputs[output], "output");
    return arrayStorage(dtype, this.#memory.read(dtype, this.#arrayOutputs[output]?.address ?? 0, length));
  }

  #writeArguments(): void {
    const { slots, arguments: kernelArguments } = this.plan.host;
    const { f32, f64, i32 } = this.#memory;
    const first = this.#base.address + this.#layout.arguments;
    for (let index = 0; index < kernelArguments.length; index++) {
      const { slot, dtype } = existing(kernelArguments[index], "argument");
      const value = slots[slot] ?? Number.NaN;
      const address = first + 8 * index;
      if (dtype === "f32") f32[address >> 2] = value;
      else if (dtype === "f64") f64[address >> 3] = value;
      else i32[address >> 2] = value | 0;
    }
  }

  #copy(from: number, to: number): void {
    const bytes = this.plan.buffers[from]?.byteLength ?? 0;
    this.#memory.copy(this.#addressOf(from), this.#addressOf(to), bytes);
  }

  #addressOf(buffer: number): number {
    const place = this.plan.buffers[buffer]?.place;
    if (place === undefined) return 0;
    if (place.kind === "temporary") return this.#base.address + this.#layout.temporaries + place.offset;
    const slots = place.kind === "input" ? this.#layout.inputSlots + 4 * place.input : this.#layout.outputSlots + 4 * place.output;
    return this.#memory.i32[this.#slot(slots)] ?? 0;
  }
}
