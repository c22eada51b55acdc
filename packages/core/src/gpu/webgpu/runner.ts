import type { HostProgram } from "../../compile/host-program.ts";
import { fail, failInternally } from "../../errors.ts";
import type { PrintedKernel, Runner } from "../device.ts";
import { argumentValue } from "../scalars.ts";
import { runsPerSubmit } from "./commands.ts";
import type { WebGpuBuffer, WebGpuDevice } from "./device.ts";
import type { Pipeline } from "./pipelines.ts";
import { writeProductShader } from "./product-shader.ts";
import { translateToWgsl } from "./wgsl.ts";

/** Uniform blocks start at multiples of this. */
const blockAlignment = 256;
const uniformCopyDestination = 0x48;

/** Bind groups of a kernel that are kept: two for state that changes between two buffers, more for results that come and go. */
const keptGroups = 6;

/** A kernel ready to be dispatched. */
interface Step {
  readonly pipeline: Pipeline;
  /** Program buffers in the order of the bindings; the last is the output. */
  readonly bindings: readonly number[];
  readonly groups: readonly [across: number, rows: number];
  readonly blockOffset: number;
  readonly blockBytes: number;
  /** Whether the block holds host arguments, so that another one is bound when they change. */
  readonly isDynamic: boolean;
  /** Bind groups that were used before, by the buffers in them. */
  readonly known: { readonly ids: readonly number[]; readonly group: GPUBindGroup }[];
}

/** Where a host argument goes in the uniform blocks. */
interface ScalarPlace {
  readonly offset: number;
  readonly argument: number;
  readonly isInteger: boolean;
}

/** The kernels of a plan as pipelines with one bind group for each arrangement of buffers that was met. */
export class WebGpuRunner implements Runner<WebGpuBuffer> {
  readonly #device: WebGpuDevice;
  readonly #host: HostProgram;
  readonly #steps: readonly Step[];
  readonly #scalars: ScalarPlace[] = [];
  readonly #uniforms: GPUBuffer;
  /** The uniform blocks of one run. */
  readonly #blocks: DataView<ArrayBuffer>;
  #set = -1;
  /** Handed over with each dispatch; one for all, since it is read at once. */
  readonly #offsets = new Uint32Array(1);

  constructor(device: WebGpuDevice, kernels: readonly PrintedKernel[], host: HostProgram) {
    this.#device = device;
    this.#host = host;
    this.#blocks = new DataView(new ArrayBuffer(blockAlignment * Math.max(kernels.length, 1)));
    this.#steps = kernels.map((kernel, position) => this.#prepare(kernel, position * blockAlignment));
    this.#uniforms = device.gpu.createBuffer({ size: this.#blocks.byteLength * runsPerSubmit, usage: uniformCopyDestination });
  }

  run(bound: readonly (WebGpuBuffer | undefined)[]): void {
    const { commands } = this.#device;
    this.#writeScalars();
    const { pass } = commands;
    const offset = this.#set * this.#blocks.byteLength;
    let current: GPUComputePipeline | undefined;
    for (const step of this.#steps) {
      const { pipeline } = step.pipeline;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      const group = this.#bindGroup(step, bound);
      if (step.isDynamic) {
        this.#offsets[0] = offset + step.blockOffset;
        pass.setBindGroup(0, group, this.#offsets, 0, 1);
      } else pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(step.groups[0], step.groups[1]);
    }
    commands.endRun();
  }

  #prepare({ kernel, source }: PrintedKernel, blockOffset: number): Step {
    const bindings = [...source.inputs, kernel.output];
    if (kernel.kind === "product") {
      const { code, groups } = writeProductShader(kernel);
      return { pipeline: this.#device.pipelines.of(code, source.inputs.length, false), bindings, groups, blockOffset, blockBytes: 16, isDynamic: false, known: [] };
    }
    const shader = translateToWgsl(this.#device.gpujs, source) ?? failInternally("gpu.js gives no shader although it did before");
    const wanted = Math.ceil(source.quads / shader.workgroupSize);
    const rows = Math.ceil(wanted / this.#device.gpu.limits.maxComputeWorkgroupsPerDimension);
    const across = Math.ceil(wanted / rows);
    if (shader.parameterBytes > blockAlignment) fail("backend", `webgpu: a kernel has ${String(source.scalars.length)} host arguments, more than a block of ${String(blockAlignment)} bytes holds.`);
    [source.quads, 1, 1, across * shader.workgroupSize].forEach((word, position) => { this.#blocks.setUint32(blockOffset + 4 * position, word, true); });
    source.scalars.forEach(({ argument, dtype }, position) => {
      this.#scalars.push({ offset: blockOffset + (shader.scalarOffsets[position] ?? 0), argument, isInteger: dtype !== "f32" });
    });
    const isDynamic = source.scalars.length > 0;
    return {
      pipeline: this.#device.pipelines.of(shader.code, source.inputs.length, isDynamic),
      bindings,
      groups: [across, rows],
      blockOffset,
      blockBytes: shader.parameterBytes,
      isDynamic,
      known: [],
    };
  }

  /**
   * Writes the host arguments into the next set of uniform blocks, if any changed. There are as many sets as runs before a
   * submission, so no run that waits for its submission sees another's arguments.
   */
  #writeScalars(): void {
    let changed = this.#set < 0;
    for (const { offset, argument, isInteger } of this.#scalars) {
      const value = argumentValue(this.#host, argument);
      if (Object.is(isInteger ? this.#blocks.getInt32(offset, true) : this.#blocks.getFloat32(offset, true), value)) continue;
      if (isInteger) this.#blocks.setInt32(offset, value, true);
      else this.#blocks.setFloat32(offset, value, true);
      changed = true;
    }
    if (!changed) return;
    this.#set = (this.#set + 1) % runsPerSubmit;
    this.#device.gpu.queue.writeBuffer(this.#uniforms, this.#set * this.#blocks.byteLength, this.#blocks.buffer);
  }

  #bindGroup(step: Step, bound: readonly (WebGpuBuffer | undefined)[]): GPUBindGroup {
    const { bindings, known } = step;
    for (const { ids, group } of known) {
      let position = 0;
      while (position < bindings.length && ids[position] === bound[bindings[position] ?? -1]?.id) position++;
      if (position === bindings.length) return group;
    }
    const buffers = bindings.map((buffer) => bound[buffer] ?? failInternally("a kernel's buffer does not exist"));
    const group = this.#device.gpu.createBindGroup({
      layout: step.pipeline.layout,
      entries: [
        { binding: 0, resource: { buffer: this.#uniforms, offset: step.isDynamic ? 0 : step.blockOffset, size: step.blockBytes } },
        ...buffers.map(({ gpu, offset, quads }, position) => ({ binding: 1 + position, resource: { buffer: gpu, offset, size: 16 * quads } })),
      ],
    });
    known.unshift({ ids: buffers.map(({ id }) => id), group });
    if (known.length > keptGroups) known.pop();
    return group;
  }
}
