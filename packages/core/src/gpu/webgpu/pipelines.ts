import type { DeviceHealth } from "../health.ts";

/** A shader ready to run. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Makes pipelines, each once: kernels of equal layers have equal code. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #health: DeviceHealth;
  readonly #known = new Map<string, Pipeline>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice, health: DeviceHealth) {
    this.#device = device;
    this.#health = health;
  }

  /**
   * The pipeline of a shader whose binding 0 is a uniform block, followed by the inputs and the output. An error in the shader
   * arrives later, with the next read.
   *
   * @param code - The shader.
   * @param inputs - How many inputs it has.
   * @param isDynamic - Whether the block's offset is told with each dispatch, since its contents change.
   */
  of(code: string, inputs: number, isDynamic: boolean): Pipeline {
    const known = this.#known.get(code);
    if (known !== undefined) return known;
    const layout = this.#layoutFor(inputs, isDynamic);
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ code });
    const pipeline = this.#device.createComputePipeline({
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    });
    void this.#device.popErrorScope().then((error) => {
      if (error !== null) this.#health.report(`a kernel does not compile: ${error.message}\n${code}\n`);
    }, () => undefined);
    const made = { pipeline, layout };
    this.#known.set(code, made);
    return made;
  }

  #layoutFor(inputs: number, isDynamic: boolean): GPUBindGroupLayout {
    const key = `${String(inputs)}${isDynamic ? " dynamic" : ""}`;
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const compute = 4;
    const layout = this.#device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: compute, buffer: { type: "uniform", hasDynamicOffset: isDynamic } },
        ...Array.from({ length: inputs }, (_, input) => ({ binding: 1 + input, visibility: compute, buffer: { type: "read-only-storage" as const } })),
        { binding: 1 + inputs, visibility: compute, buffer: { type: "storage" as const } },
      ],
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}
