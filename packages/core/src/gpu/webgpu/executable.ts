import type { LoadedPlan } from "../../compile/backend.ts";
import { runHost } from "../../compile/host-program.ts";
import type { Plan } from "../../compile/plan.ts";
import { fail, failInternally } from "../../errors.ts";
import type { Storage } from "../../tensor/storage.ts";
import { deviceDType } from "../elements.ts";
import { isOnHost } from "../host-elements.ts";
import { printElementKernel } from "../print/element-kernel.ts";
import type { KernelSource } from "../print/kernel-source.ts";
import { quadsOf } from "../print/kernel-source.ts";
import { printProductKernel } from "../print/product-kernel.ts";
import type { DeviceKernel, DeviceProgram } from "../program/device-program.ts";
import { lowerPlan } from "../program/lower.ts";
import { limitInputs } from "../program/narrow.ts";
import { assignSlots } from "../program/slots.ts";
import type { WebGpuBackend } from "./backend.ts";
import type { PooledBuffer } from "./buffer-pool.ts";
import { runsPerSubmit } from "./commands.ts";
import type { Pipeline } from "./pipelines.ts";
import { TensorBuffer } from "./tensor-buffer.ts";
import { translateToWgsl } from "./wgsl.ts";

/** Uniform blocks start at multiples of this. */
const blockBytes = 256;

/** The uniform blocks of so many runs lie side by side, so that runs can be submitted together. */
const blockSets = runsPerSubmit;

const uniformCopyDestination = 0x48;

/** A kernel of the program, ready to be dispatched. */
interface Step {
  readonly pipeline: Pipeline;
  /** Program buffers in the order of the bindings; the last is the output. */
  readonly bindings: readonly number[];
  readonly groups: readonly [number, number];
  readonly blockOffset: number;
  readonly blockBytes: number;
  /** Bind groups that were used before, by the buffers in them. */
  readonly known: { readonly ids: readonly number[]; readonly group: GPUBindGroup }[];
}

/** A host argument in a step's uniform block. */
interface ScalarPlace {
  readonly word: number;
  readonly argument: number;
  readonly integer: boolean;
}

/** Bind groups of a kernel that are kept: two for state that changes between two buffers, more for results that come and go. */
const keptGroups = 6;

/** A plan as pipelines and buffers on one device. */
export class WebGpuPlan implements LoadedPlan {
  readonly plan: Plan;
  readonly #backend: WebGpuBackend;
  readonly #program: DeviceProgram;
  readonly #steps: Step[] = [];
  readonly #scalars: ScalarPlace[] = [];
  readonly #uniforms: GPUBuffer;
  /** The uniform blocks of one run. */
  readonly #words: DataView<ArrayBuffer>;
  readonly #setBytes: number;
  #set = 0;
  #written = false;
  /** What the program's buffers are in this run. */
  readonly #bound: (PooledBuffer | undefined)[];
  /** Buffers of this plan alone: inputs that come from the host, and what the updated inputs are written into next. */
  readonly #uploads: (PooledBuffer | undefined)[];
  readonly #spares: (PooledBuffer | undefined)[];
  readonly #quads: readonly number[];
  #uploadedBytes = 0;

  constructor(backend: WebGpuBackend, plan: Plan) {
    this.plan = plan;
    this.#backend = backend;
    const { device, pool } = backend;
    const program = limitInputs(lowerPlan(plan, backend.name), device.limits.maxStorageBuffersPerShaderStage - 1);
    this.#program = program;
    this.#quads = program.buffers.map(({ length, dtype }) => quadsOf(length, dtype));
    const slots = assignSlots(program, this.#quads);
    const temporaries = slots.quads.map((quads) => pool.take(16 * quads));
    this.#bound = program.buffers.map((_, buffer) => temporaries[slots.slotOf[buffer] ?? -1]);
    const kernels = program.kernels.filter(({ output }) => program.buffers[output]?.length !== 0);
    this.#setBytes = blockBytes * Math.max(kernels.length, 1);
    this.#words = new DataView(new ArrayBuffer(this.#setBytes));
    kernels.forEach((kernel, position) => { this.#prepare(kernel, position * blockBytes); });
    this.#uniforms = device.createBuffer({ size: this.#setBytes * blockSets, usage: uniformCopyDestination });
    this.#uploads = plan.inputs.map(() => undefined);
    this.#spares = plan.inputs.map(() => undefined);
  }

  run(inputs: readonly Storage[]): Storage[] {
    const { plan } = this;
    const { health, commands } = this.#backend;
    health.check();
    runHost(plan.host);
    this.#writeScalars();
    this.#bindInputs(inputs);
    const outputs = this.#bindOutputs();
    const { pass } = commands;
    const offset = this.#set * this.#setBytes;
    for (const step of this.#steps) {
      pass.setPipeline(step.pipeline.pipeline);
      pass.setBindGroup(0, this.#bindGroup(step), [offset + step.blockOffset]);
      pass.dispatchWorkgroups(step.groups[0], step.groups[1]);
    }
    this.#handOver(inputs);
    commands.endRun();
    return outputs;
  }

  describe(): string[] {
    const { kernels } = this.#program;
    return [
      `${String(kernels.length)} GPU kernels on ${this.#backend.name}`,
      `the last call uploaded ${String(this.#uploadedBytes)} bytes from the host`,
    ];
  }

  #prepare(kernel: DeviceKernel, blockOffset: number): void {
    const source = this.#print(kernel);
    const shader = translateToWgsl(this.#backend.gpu, source) ?? fail("backend", "webgpu: this gpu.js hides the fields that its translation is read from.");
    const { maxComputeWorkgroupsPerDimension } = this.#backend.device.limits;
    const wanted = Math.ceil(source.quads / shader.workgroupSize);
    const rows = Math.ceil(wanted / maxComputeWorkgroupsPerDimension);
    const across = Math.ceil(wanted / rows);
    if (shader.parameterBytes > blockBytes) fail("backend", `webgpu: a kernel has ${String(source.scalars.length)} host arguments, more than a block of ${String(blockBytes)} bytes holds.`);
    [source.quads, 1, 1, across * shader.workgroupSize].forEach((word, position) => { this.#words.setUint32(blockOffset + 4 * position, word, true); });
    source.scalars.forEach(({ argument, dtype }, position) => {
      this.#scalars.push({ word: blockOffset + (shader.scalarOffsets[position] ?? 0), argument, integer: dtype !== "f32" });
    });
    this.#steps.push({
      pipeline: this.#backend.pipelines.of(shader.code, source.inputs.length),
      bindings: [...source.inputs, kernel.output],
      groups: [across, rows],
      blockOffset,
      blockBytes: shader.parameterBytes,
      known: [],
    });
  }

  #print(kernel: DeviceKernel): KernelSource {
    return kernel.kind === "product" ? printProductKernel(kernel, "wgsl") : printElementKernel(kernel, this.#program.buffers, "wgsl");
  }

  /** Writes the host arguments into the next set of uniform blocks. There are as many sets as runs before a submission, so none is written that waits. */
  #writeScalars(): void {
    const { device } = this.#backend;
    const { slots, arguments: kernelArguments } = this.plan.host;
    let changed = !this.#written;
    for (const { word, argument, integer } of this.#scalars) {
      const value = slots[kernelArguments[argument]?.slot ?? -1] ?? Number.NaN;
      if (integer) {
        if (this.#words.getInt32(word, true) === (value | 0)) continue;
        this.#words.setInt32(word, value, true);
      } else {
        if (Object.is(this.#words.getFloat32(word, true), Math.fround(value))) continue;
        this.#words.setFloat32(word, value, true);
      }
      changed = true;
    }
    if (!changed) return;
    this.#written = true;
    this.#set = (this.#set + 1) % blockSets;
    device.queue.writeBuffer(this.#uniforms, this.#set * this.#setBytes, this.#words.buffer);
  }

  #bindInputs(inputs: readonly Storage[]): void {
    this.#uploadedBytes = 0;
    this.#program.buffers.forEach(({ place }, buffer) => {
      if (place.kind !== "input") return;
      const storage = inputs[place.input] ?? failInternally("a plan input has no elements");
      this.#bound[buffer] = storage.remote instanceof TensorBuffer && storage.remote.backend === this.#backend ? storage.remote.buffer : this.#uploaded(place.input, storage);
    });
  }

  /** The buffer of an input that is in the host's memory; elements that come a second time stay on the device. */
  #uploaded(input: number, storage: Storage): PooledBuffer {
    const { pool } = this.#backend;
    const bytes = 16 * quadsOf(storage.length, deviceDType(storage.dtype));
    if (storage.used && isOnHost(storage) && storage.buffer === undefined) {
      const buffer = pool.take(bytes);
      this.#uploadedBytes += this.#backend.upload(storage, buffer);
      const { array } = storage;
      this.#backend.attach(storage, new TensorBuffer(this.#backend, deviceDType(storage.dtype), storage.length, { buffer, owners: 1 }));
      // It stays readable at once, as the tensor that somebody made from these numbers.
      storage.array = array;
      return buffer;
    }
    storage.used = true;
    const target = (this.#uploads[input] ??= pool.take(bytes));
    this.#uploadedBytes += this.#backend.upload(storage, target);
    return target;
  }

  #bindOutputs(): Storage[] {
    const outputs: Storage[] = [];
    this.#program.buffers.forEach(({ place, dtype, length }, buffer) => {
      if (place.kind === "updated") this.#bound[buffer] = this.#spares[place.input] ?? this.#backend.pool.take(16 * (this.#quads[buffer] ?? 0));
      if (place.kind !== "output") return;
      const made = this.#backend.pool.take(16 * (this.#quads[buffer] ?? 0));
      this.#bound[buffer] = made;
      outputs[place.output] = this.#backend.managed(this.plan.freshOutputs[place.output]?.dtype ?? dtype, new TensorBuffer(this.#backend, dtype, length, { buffer: made, owners: 1 }));
    });
    return outputs;
  }

  /** The arguments that the plan updates get the buffers with their next state; their old ones are written into next time. */
  #handOver(inputs: readonly Storage[]): void {
    this.#program.after.forEach((buffer, input) => {
      const { place, dtype, length } = this.#program.buffers[buffer] ?? failInternally("an updated input has no buffer");
      if (place.kind === "input" && place.input === input) return;
      const storage = inputs[input] ?? failInternally("a plan input has no elements");
      const next = this.#bound[buffer] ?? failInternally("an updated input has no buffer");
      const { remote } = storage;
      this.#spares[input] = undefined;
      if (remote instanceof TensorBuffer) {
        this.#backend.forget(storage);
        if (remote.isAlone) this.#spares[input] = remote.detach();
        else remote.release();
      }
      this.#backend.attach(storage, new TensorBuffer(this.#backend, dtype, length, { buffer: next, owners: 1 }));
    });
  }

  #bindGroup(step: Step): GPUBindGroup {
    const { bindings, known } = step;
    search: for (const { ids, group } of known) {
      for (let position = 0; position < bindings.length; position++) {
        if (ids[position] !== this.#bound[bindings[position] ?? -1]?.id) continue search;
      }
      return group;
    }
    const buffers = bindings.map((buffer) => this.#bound[buffer] ?? failInternally("a kernel's buffer does not exist"));
    const group = this.#backend.device.createBindGroup({
      layout: step.pipeline.layout,
      entries: [
        { binding: 0, resource: { buffer: this.#uniforms, size: step.blockBytes } },
        ...buffers.map(({ gpu }, position) => ({ binding: 1 + position, resource: { buffer: gpu } })),
      ],
    });
    known.unshift({ ids: buffers.map(({ id }) => id), group });
    if (known.length > keptGroups) known.pop();
    return group;
  }
}
