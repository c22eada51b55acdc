import { failInternally } from "../../errors.ts";
import type { GpuJs } from "../gpujs.ts";
import { kernelSettings } from "../gpujs.ts";
import type { KernelSource } from "../print/kernel-source.ts";

/** A compute shader, and how its parameters are laid out. */
export interface Shader {
  readonly code: string;
  readonly workgroupSize: number;
  /** Bytes of the uniform block. */
  readonly parameterBytes: number;
  /** Byte offsets of the scalar arguments in it, in order. */
  readonly scalarOffsets: readonly number[];
}

/** The fields of gpu.js's WebGPU kernel that make it usable as a compiler. */
interface CompilerFields {
  build(...parameters: unknown[]): Promise<void>;
  _buildAsync?: () => Promise<void>;
  readonly compiledSource?: string;
  readonly workgroupSize?: readonly number[];
  readonly paramsLayout?: { readonly byteLength: number; readonly scalarArgs: readonly { readonly offset: number }[] };
}

/**
 * Lets gpu.js translate a kernel, and takes the shader before gpu.js would make a pipeline of its own from it.
 *
 * @returns The shader; undefined where this gpu.js hides what is needed.
 */
export function translateToWgsl(gpu: GpuJs, kernel: KernelSource): Shader | undefined {
  const made = gpu.createKernel(kernel.source, kernelSettings(kernel));
  const fields = made.kernel as CompilerFields | undefined;
  if (typeof fields?.build !== "function" || typeof fields._buildAsync !== "function") return undefined;
  fields._buildAsync = () => Promise.resolve();
  const stands = [...kernel.inputs.map(() => [0]), ...kernel.scalars.map(() => 0)];
  void fields.build(...stands);
  const { compiledSource, workgroupSize, paramsLayout } = fields;
  made.destroy();
  if (compiledSource === undefined || workgroupSize === undefined || paramsLayout === undefined) return undefined;
  return {
    code: compiledSource,
    workgroupSize: workgroupSize[0] ?? failInternally("gpu.js gave no workgroup size"),
    parameterBytes: paramsLayout.byteLength,
    scalarOffsets: paramsLayout.scalarArgs.map(({ offset }) => offset),
  };
}
