import type { HostProgram } from "../../compile/host-program.ts";
import { fail, failInternally } from "../../errors.ts";
import type { PrintedKernel, Runner } from "../device.ts";
import type { WebGpuBuffer, WebGpuDevice } from "./device.ts";
import type { Pipeline } from "./pipelines.ts";
import { writeProductShader } from "./product-shader.ts";
import type { ScalarPlace } from "./uniform-blocks.ts";
import { blockLimit, UniformBlocks } from "./uniform-blocks.ts";
import { translateToWgsl } from "./wgsl.ts";

/** Bind groups of a kernel that are kept: two for state that changes between two buffers, more for results that come and go. */
const keptGroups = 6;

/** A kernel as a pipeline, with what its uniform block holds. */
interface PreparedKernel {
  readonly pipeline: Pipeline;
  /** Program buffers in the order of the bindings; the last is the output. */
  readonly bindings: readonly number[];
  readonly groups: readonly [across: number, rows: number];
  readonly blockBytes: number;
  readonly words: readonly number[];
  readonly scalars: readonly ScalarPlace[];
}

/** A kernel ready to be dispatched. */
interface Step extends PreparedKernel {
  /** Where its block is: in the buffer, or within a set of blocks with host arguments. */
  readonly blockOffset: number;
  /** Bind groups that were used before, by the buffers in them. */
  readonly known: { readonly ids: readonly number[]; readonly group: GPUBindGroup }[];
}

/** The kernels of a plan as pipelines with one bind group for each arrangement of buffers that was met. */
export class WebGpuRunner implements Runner<WebGpuBuffer> {
  readonly #device: WebGpuDevice;
  readonly #steps: readonly Step[];
  readonly #uniforms: UniformBlocks;
  /** Handed over with each dispatch; one for all, since it is read at once. */
  readonly #offsets = new Uint32Array(1);

  constructor(device: WebGpuDevice, kernels: readonly PrintedKernel[], host: HostProgram) {
    this.#device = device;
    const prepared = kernels.map((kernel) => this.#prepare(kernel));
    this.#uniforms = new UniformBlocks(device.gpu, host, prepared);
    const counts = { fixed: 0, changing: 0 };
    this.#steps = prepared.map((kernel) => {
      const number = kernel.scalars.length > 0 ? counts.changing++ : counts.fixed++;
      return { ...kernel, blockOffset: UniformBlocks.offsetOf(number), known: [] };
    });
  }

  run(bound: readonly (WebGpuBuffer | undefined)[]): void {
    const { commands } = this.#device;
    const setStart = this.#uniforms.update();
    const { pass } = commands;
    let current: GPUComputePipeline | undefined;
    for (const step of this.#steps) {
      const { pipeline } = step.pipeline;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      const group = this.#bindGroup(step, bound);
      if (step.scalars.length > 0) {
        this.#offsets[0] = setStart + step.blockOffset;
        pass.setBindGroup(0, group, this.#offsets, 0, 1);
      } else pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(step.groups[0], step.groups[1]);
    }
    commands.endRun();
  }

  #prepare({ kernel, source }: PrintedKernel): PreparedKernel {
    const bindings = [...source.inputs, kernel.output];
    if (kernel.kind === "product") {
      const { code, groups } = writeProductShader(kernel);
      return { pipeline: this.#device.pipelines.of(code, source.inputs.length, false), bindings, groups, blockBytes: 16, words: [], scalars: [] };
    }
    const shader = translateToWgsl(this.#device.gpujs, source) ?? failInternally("gpu.js gives no shader although it did before");
    const wanted = Math.ceil(source.quads / shader.workgroupSize);
    const rows = Math.ceil(wanted / this.#device.gpu.limits.maxComputeWorkgroupsPerDimension);
    const across = Math.ceil(wanted / rows);
    if (shader.parameterBytes > blockLimit) fail("backend", `webgpu: a kernel has ${String(source.scalars.length)} host arguments, more than a block of ${String(blockLimit)} bytes holds.`);
    return {
      pipeline: this.#device.pipelines.of(shader.code, source.inputs.length, source.scalars.length > 0),
      bindings,
      groups: [across, rows],
      blockBytes: shader.parameterBytes,
      words: [source.quads, 1, 1, across * shader.workgroupSize],
      scalars: source.scalars.map(({ argument, dtype }, position) => ({ offset: shader.scalarOffsets[position] ?? 0, argument, isInteger: dtype !== "f32" })),
    };
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
        { binding: 0, resource: { buffer: this.#uniforms.buffer, offset: step.scalars.length > 0 ? 0 : step.blockOffset, size: step.blockBytes } },
        ...buffers.map(({ gpu, offset, quads }, position) => ({ binding: 1 + position, resource: { buffer: gpu, offset, size: 16 * quads } })),
      ],
    });
    known.unshift({ ids: buffers.map(({ id }) => id), group });
    if (known.length > keptGroups) known.pop();
    return group;
  }
}
