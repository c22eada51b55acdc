import type { LoadedPlan } from "../compile/backend.ts";
import { runHost } from "../compile/host-program.ts";
import type { Plan } from "../compile/plan.ts";
import { failInternally } from "../errors.ts";
import type { Storage } from "../tensor/storage.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { DeviceBackend } from "./device-backend.ts";
import type { DeviceBuffer, PrintedKernel, Runner } from "./device.ts";
import { deviceDType, hostElements, toDevice } from "./elements.ts";
import { printElementKernel } from "./print/element-kernel.ts";
import { quadsOf } from "./print/kernel-source.ts";
import { printProductKernel } from "./print/product-kernel.ts";
import type { DevicePlace, DeviceProgram } from "./program/device-program.ts";
import { finishProducts } from "./program/finish-products.ts";
import { lowerPlan } from "./program/lower.ts";
import { limitInputs } from "./program/narrow.ts";
import { assignSlots } from "./program/slots.ts";
import { splitReductions } from "./program/split-reductions.ts";
import { TensorBuffer } from "./tensor-buffer.ts";

const finalizer = new FinalizationRegistry<() => void>((giveBack) => {
  giveBack();
});

/** Gives buffers back when nothing refers to their plan any more. Outside of the plan, so that this does not refer to it. */
function giveBackAfter<Buffer extends DeviceBuffer>(plan: object, pool: BufferPool<Buffer>, ...lists: readonly (readonly (Buffer | undefined)[])[]): void {
  finalizer.register(plan, () => {
    for (const buffer of lists.flat()) if (buffer !== undefined) pool.give(buffer);
  });
}

/** A plan made ready for one device: its state stays there from run to run. */
export class DevicePlan<Buffer extends DeviceBuffer> implements LoadedPlan {
  readonly plan: Plan;
  readonly #backend: DeviceBackend<Buffer>;
  readonly #program: DeviceProgram;
  readonly #runner: Runner<Buffer>;
  readonly #quads: readonly number[];
  /** The program's buffers that are not temporaries: they are found anew in each run. */
  readonly #bindings: readonly { readonly buffer: number; readonly place: Exclude<DevicePlace, { readonly kind: "temporary" }> }[];
  /** What the program's buffers are in this run. */
  readonly #bound: (Buffer | undefined)[];
  /** Its own for as long as it lives: temporaries, and what small results are copied from. */
  readonly #owned: Buffer[];
  /** Where inputs from the host's memory are uploaded to. */
  readonly #uploads: (Buffer | undefined)[];
  /** What the next state of the updated inputs is written into: state changes between two buffers. */
  readonly #spares: (Buffer | undefined)[];
  readonly #uploadedBytes: number[];
  /** Small results of this run, and where they are handed out. */
  readonly #copies: { readonly from: Buffer; readonly to: Buffer }[] = [];

  constructor(backend: DeviceBackend<Buffer>, plan: Plan) {
    this.plan = plan;
    this.#backend = backend;
    const { device, pool } = backend;
    const program = finishProducts(limitInputs(splitReductions(lowerPlan(plan, device.name)), device.inputLimit), (kernel) => device.mayFinish(kernel), device.inputLimit);
    this.#program = program;
    this.#quads = program.buffers.map(({ length, dtype }) => quadsOf(length, dtype));
    const slots = assignSlots(program, this.#quads);
    this.#owned = slots.quads.map((quads) => pool.take(quads));
    this.#bound = program.buffers.map((_, buffer) => this.#owned[slots.slotOf[buffer] ?? -1]);
    this.#bindings = program.buffers.flatMap(({ place }, buffer) => (place.kind === "temporary" ? [] : [{ buffer, place }]));
    const kernels = program.kernels.filter(({ output }) => program.buffers[output]?.length !== 0);
    const printed = kernels.map((kernel): PrintedKernel => ({
      kernel,
      source: kernel.kind === "product" ? printProductKernel(kernel, program.buffers, device.dialect) : printElementKernel(kernel, program.buffers, device.dialect),
    }));
    this.#runner = device.prepare(printed, plan.host);
    this.#uploads = plan.inputs.map(() => undefined);
    this.#spares = plan.inputs.map(() => undefined);
    this.#uploadedBytes = plan.inputs.map(() => 0);
    giveBackAfter(this, pool, this.#owned, this.#uploads, this.#spares);
  }

  run(inputs: readonly Storage[]): Storage[] {
    this.#backend.device.health.check();
    runHost(this.plan.host);
    const outputs: Storage[] = [];
    for (const { buffer, place } of this.#bindings) {
      if (place.kind === "input") this.#bound[buffer] = this.#bindInput(place.input, inputs[place.input]);
      else if (place.kind === "updated") this.#bound[buffer] = this.#spares[place.input] ?? this.#take(buffer);
      else outputs[place.output] = this.#bindOutput(buffer, place.output);
    }
    this.#runner.run(this.#bound);
    for (const { from, to } of this.#copies.splice(0)) this.#backend.device.copy(from, to);
    this.#handOver(inputs);
    return outputs;
  }

  describe(): string[] {
    const bytes = this.#uploadedBytes.reduce((total, each) => total + each, 0);
    const uploads = this.#uploadedBytes.flatMap((each, input) => (each === 0 ? [] : [this.plan.inputs[input]?.argument?.label ?? `constant${String(input)}`]));
    return [
      `${String(this.#program.kernels.length)} GPU kernels on ${this.#backend.name}`,
      ...(this.#backend.device.note === undefined ? [] : [this.#backend.device.note]),
      bytes === 0 ? "the last call uploaded nothing" : `the last call uploaded ${String(bytes)} bytes: ${uploads.join(", ")}`,
    ];
  }

  #take(buffer: number): Buffer {
    return this.#backend.pool.take(this.#quads[buffer] ?? 0);
  }

  /** The buffer of an input. Arrays that come a second time stay on the device. */
  #bindInput(input: number, storage: Storage | undefined): Buffer {
    if (storage === undefined) failInternally("a plan input has no elements");
    const own = this.#backend.bufferOf(storage);
    this.#uploadedBytes[input] = own === undefined ? 4 * storage.length : 0;
    if (own !== undefined) return own.buffer;
    if (storage.used && storage.array !== undefined) {
      const resident = this.#backend.uploaded(storage);
      this.#backend.attach(storage, resident);
      return resident.buffer;
    }
    storage.used = true;
    const dtype = deviceDType(storage.dtype);
    const target = (this.#uploads[input] ??= this.#backend.pool.take(quadsOf(storage.length, dtype)));
    this.#backend.device.write(target, toDevice(hostElements(storage), dtype));
    return target;
  }

  #bindOutput(buffer: number, output: number): Storage {
    const { dtype, length } = this.#program.buffers[buffer] ?? failInternally("an output has no buffer");
    const quads = this.#quads[buffer] ?? 0;
    const isCopied = quads > 0 && quads <= this.#backend.device.copiedQuads;
    const made = this.#backend.pool.take(quads, isCopied);
    if (isCopied) {
      let from = this.#bound[buffer];
      if (from === undefined) {
        from = this.#take(buffer);
        this.#owned.push(from);
        this.#bound[buffer] = from;
      }
      this.#copies.push({ from, to: made });
    } else this.#bound[buffer] = made;
    return this.#backend.managed(this.plan.freshOutputs[output]?.dtype ?? dtype, new TensorBuffer(this.#backend, dtype, length, { buffer: made, owners: 1 }));
  }

  /** The arguments that the plan updates get the buffers with their next state; their old ones are written into next time. */
  #handOver(inputs: readonly Storage[]): void {
    this.#program.after.forEach((buffer, input) => {
      const { place, dtype, length } = this.#program.buffers[buffer] ?? failInternally("an updated input has no buffer");
      if (place.kind !== "updated") return;
      const storage = inputs[input];
      const next = this.#bound[buffer];
      if (storage === undefined || next === undefined) failInternally("an updated input has no elements");
      const old = this.#backend.bufferOf(storage);
      this.#spares[input] = old?.isAlone === true ? old.detach() : undefined;
      if (this.#spares[input] === undefined) old?.release();
      storage.array = undefined;
      storage.buffer = undefined;
      this.#backend.attach(storage, new TensorBuffer(this.#backend, dtype, length, { buffer: next, owners: 1 }));
    });
  }
}
