import type { HostProgram } from "../compile/host-program.ts";
import type { DeviceHealth } from "./health.ts";
import type { KernelSource } from "./print/kernel-source.ts";
import type { DeviceKernel, ProductKernel } from "./program/device-program.ts";

/** Memory for some quads of four floats on a device. */
export interface DeviceBuffer {
  /** A number of its own. */
  readonly id: number;
  readonly quads: number;
  /** Whether it is only ever copied into: then it may be cheap, but no kernel writes it. */
  readonly isCopy: boolean;
}

/** A kernel as gpu.js takes it. */
export interface PrintedKernel {
  readonly kernel: DeviceKernel;
  readonly source: KernelSource;
}

/** Kernels that a device has made ready to run. */
export interface Runner<Buffer extends DeviceBuffer> {
  /** Issues all kernels in order; `bound` tells what the program's buffers are in this run. */
  run(bound: readonly (Buffer | undefined)[]): void;
}

/** What the executor needs of a way to compute on a GPU. */
export interface Device<Buffer extends DeviceBuffer = DeviceBuffer> {
  readonly name: "webgpu" | "webgl2";
  readonly dialect: "wgsl" | "glsl";
  readonly health: DeviceHealth;
  /** What users should know about how it computes, for `explain`. */
  readonly note?: string;
  /** How many buffers a kernel may read. */
  readonly inputLimit: number;
  /** Whether a product runs as gpu.js printed it, so that it can be finished by what reads it. */
  mayFinish(kernel: ProductKernel): boolean;
  /** The largest buffer. */
  readonly quadLimit: number;
  /** Results of up to so many quads are copied into buffers of their own; larger ones are computed there. */
  readonly copiedQuads: number;
  /** Makes a buffer; what it holds is undefined. */
  create(quads: number, isCopy: boolean): Omit<Buffer, "id">;
  destroy(buffer: Buffer): void;
  /** Replaces what a buffer holds, after the kernels that were issued before. */
  write(buffer: Buffer, floats: Float32Array<ArrayBuffer>): void;
  /** Copies what a buffer holds into another of its size. */
  copy(from: Buffer, to: Buffer): void;
  /** Copies out what a buffer holds, after the kernels that were issued before. */
  read(buffer: Buffer): Promise<Float32Array>;
  /** Makes kernels ready; their scalar arguments are read from the host program at each run. */
  prepare(kernels: readonly PrintedKernel[], host: HostProgram): Runner<Buffer>;
}
