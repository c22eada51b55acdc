import { fail } from "../errors.ts";
import type { KernelSource } from "./print/kernel-source.ts";

/** The version of gpu.js that was tested: it is used as a compiler, through fields that another version may not have. */
export const testedVersion = "2.24.1";

/** What `createKernel` of gpu.js returns, as far as it is used here. */
export interface GpuJsKernel {
  (...parameters: unknown[]): unknown;
  /** What compiles and runs it: not part of what gpu.js promises. */
  readonly kernel?: unknown;
  destroy(removeCanvasReferences?: boolean): void;
}

/** An instance of gpu.js's class `GPU`. */
export interface GpuJs {
  createKernel(source: string, settings: Readonly<Record<string, unknown>>): GpuJsKernel;
}

/** The class `GPU` of gpu.js. */
export type GpuJsClass = new (settings: { readonly mode: "webgpu" | "webgl2"; readonly canvas?: unknown; readonly context?: unknown }) => GpuJs;

interface GpuJsModule {
  readonly GPU?: GpuJsClass;
  readonly default?: GpuJsModule;
}

const installLine = `npm install gpu.js@${testedVersion}`;

/**
 * Loads gpu.js.
 *
 * @returns Its class.
 * @throws OptError `backend` when it is not installed, or in another version than the tested one.
 */
export async function loadGpuJs(): Promise<GpuJsClass> {
  let module: GpuJsModule;
  let version: unknown;
  try {
    const [code, manifest] = await Promise.all([import("gpu.js"), import("gpu.js/package.json", { with: { type: "json" } })]);
    // The package is in an older format, whose exports a bundler may or may not put under `default`.
    module = code as unknown as GpuJsModule;
    version = (manifest as { readonly version?: unknown; readonly default?: { readonly version?: unknown } }).default?.version;
  } catch (error) {
    return fail("backend", `gpu(): the package gpu.js could not be loaded (${error instanceof Error ? error.message : String(error)}). Install it: ${installLine}`);
  }
  if (version !== testedVersion) fail("backend", `gpu(): needs gpu.js ${testedVersion}, the version that was tested; found ${String(version)}. Install it: ${installLine}`);
  return module.GPU ?? module.default?.GPU ?? fail("backend", `gpu(): the package gpu.js has no class GPU. Install it again: ${installLine}`);
}

/** Settings under which gpu.js computes in full precision and no loop stops early. */
export function kernelSettings({ nativeFunctions, argumentTypes, output }: KernelSource): Readonly<Record<string, unknown>> {
  return {
    output, pipeline: true, immutable: true, precision: "single", tactic: "precision", loopMaxIterations: 1_000_000_000,
    returnType: "Array(4)", argumentTypes, nativeFunctions,
  };
}
