import type { HostProgram } from "../../compile/host-program.ts";
import { fail, failInternally } from "../../errors.ts";
import type { Device, DeviceBuffer, PrintedKernel, Runner } from "../device.ts";
import type { GpuJs, GpuJsKernel } from "../gpujs.ts";
import { kernelSettings } from "../gpujs.ts";
import { DeviceHealth } from "../health.ts";
import type { KernelSource } from "../print/kernel-source.ts";
import { argumentValue } from "../scalars.ts";
import { uploadKernel } from "./upload-kernel.ts";

/** A result of gpu.js that stays on the device. */
interface Handle {
  toArray(): ArrayLike<unknown> | Promise<ArrayLike<unknown>>;
  delete(): void;
  /** WebGPU: how many threads made it, and how many floats each of them. */
  output?: number[];
  componentCount?: number;
}

/** What a kernel of gpu.js returned, or will return. */
export interface PerCallBuffer extends DeviceBuffer {
  handle: Promise<Handle> | undefined;
}

/** All floats of a handle, however gpu.js nests them. */
function flatten(nested: ArrayLike<unknown>, into: number[]): number[] {
  for (let index = 0; index < nested.length; index++) {
    const item = nested[index];
    if (typeof item === "number") into.push(item);
    else flatten(item as ArrayLike<unknown>, into);
  }
  return into;
}

/**
 * Kernels called through gpu.js itself, one by one: for a gpu.js whose compiled shaders cannot be had. Slower by a factor, but
 * with the same results.
 */
export class PerCallDevice implements Device<PerCallBuffer> {
  readonly name: "webgpu" | "webgl2";
  readonly dialect: "wgsl" | "glsl";
  readonly note = "this gpu.js hides its compiled shaders, so each kernel is called by itself";
  readonly health: DeviceHealth;
  /** WebGPU binds eight buffers everywhere, the output among them; WebGL2 has sixteen textures everywhere. */
  readonly inputLimit: number;
  /** The smallest limits that the specifications guarantee: 128 MiB in a binding, textures of 2048 × 2048. */
  readonly quadLimit: number;
  readonly copiedQuads = 0;
  readonly #gpujs: GpuJs;
  readonly #kernels = new Map<string, GpuJsKernel>();
  /** What was asked for so far; old results are deleted only after it. */
  #issued: Promise<unknown> = Promise.resolve();

  constructor(name: "webgpu" | "webgl2", gpujs: GpuJs) {
    this.name = name;
    this.dialect = name === "webgpu" ? "wgsl" : "glsl";
    this.health = new DeviceHealth(name);
    this.inputLimit = name === "webgpu" ? 7 : 16;
    this.quadLimit = name === "webgpu" ? 2 ** 23 : 2 ** 22;
    this.#gpujs = gpujs;
  }

  mayFinish(): boolean {
    return true;
  }

  create(quads: number, isCopy: boolean): Omit<PerCallBuffer, "id"> {
    return { quads, isCopy, handle: undefined };
  }

  destroy(buffer: PerCallBuffer): void {
    this.#replace(buffer, undefined);
  }

  copy(): never {
    return failInternally("results of gpu.js are not copied");
  }

  write(buffer: PerCallBuffer, floats: Float32Array<ArrayBuffer>): void {
    const kernel = this.#kernelOf(uploadKernel(this.dialect, buffer.quads));
    this.#replace(buffer, this.#call(kernel, () => [floats]));
  }

  async read(buffer: PerCallBuffer): Promise<Float32Array> {
    this.health.check();
    const handle = await (buffer.handle ?? fail("backend", `${this.name}: a tensor is read that was never computed.`));
    const floats = Float32Array.from(flatten(await handle.toArray(), []));
    this.health.check();
    return floats.subarray(0, 4 * buffer.quads);
  }

  prepare(kernels: readonly PrintedKernel[], host: HostProgram): Runner<PerCallBuffer> {
    const steps = kernels.map(({ kernel, source }) => ({ output: kernel.output, source, compiled: this.#kernelOf(source) }));
    const bufferOf = (bound: readonly (PerCallBuffer | undefined)[], buffer: number): PerCallBuffer => bound[buffer] ?? failInternally("a kernel's buffer does not exist");
    return {
      run: (bound) => {
        for (const { output, source, compiled } of steps) {
          const inputs = source.inputs.map((input) => bufferOf(bound, input).handle ?? failInternally("a kernel's input was never computed"));
          const scalars = source.scalars.map(({ argument }) => argumentValue(host, argument));
          this.#replace(bufferOf(bound, output), Promise.all(inputs).then((handles) => this.#call(compiled, () => [...handles, ...scalars])));
        }
      },
    };
  }

  #kernelOf(source: KernelSource): GpuJsKernel {
    const key = [source.source, source.quads, ...source.nativeFunctions.map((native) => native.source)].join("\n");
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    const made = this.#gpujs.createKernel(source.source, kernelSettings(source));
    this.#kernels.set(key, made);
    return made;
  }

  async #call(kernel: GpuJsKernel, parameters: () => unknown[]): Promise<Handle> {
    // With `pipeline` a kernel returns a handle, or on WebGPU the promise of one.
    const handle = (await kernel(...parameters())) as Handle;
    // A kernel reads only flat buffers of floats: the same memory, described otherwise.
    if (this.name === "webgpu" && handle.componentCount === 4) {
      handle.output = [4 * (handle.output ?? []).reduce((product, length) => product * length, 1)];
      handle.componentCount = 1;
    }
    return handle;
  }

  /** Gives a buffer another handle; the old one is deleted when nothing that was asked for can still need it. */
  #replace(buffer: PerCallBuffer, next: Promise<Handle> | undefined): void {
    const old = buffer.handle;
    buffer.handle = next;
    const before = this.#issued;
    this.#issued = Promise.all([before, next]).catch((error: unknown) => {
      this.health.report(`${error instanceof Error ? error.message : String(error)}.`);
    });
    if (old !== undefined) void this.#issued.then(() => old).then((handle) => { handle.delete(); }, () => undefined);
  }
}
