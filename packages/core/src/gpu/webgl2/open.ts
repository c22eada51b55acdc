import { fail } from "../../errors.ts";
import type { GpuBackend } from "../device-backend.ts";
import { DeviceBackend } from "../device-backend.ts";
import type { GpuJsClass } from "../gpujs.ts";
import { PerCallDevice } from "../per-call/device.ts";
import { probeKernel } from "../print/probe-kernel.ts";
import { WebGl2Device } from "./device.ts";
import { compileGlsl } from "./glsl.ts";

/**
 * Opens a WebGL2 context that can draw into textures of floats.
 *
 * @returns The backend; where gpu.js hides its programs, one that calls its kernels one by one.
 * @throws OptError `backend` where there is none.
 */
export function openWebGl2(gpujs: GpuJsClass): GpuBackend {
  const canvas = typeof OffscreenCanvas === "undefined" ? (globalThis as { readonly document?: Document }).document?.createElement("canvas") : new OffscreenCanvas(1, 1);
  if (canvas === undefined) return fail("backend", "there is neither OffscreenCanvas nor a document");
  const gl: unknown = canvas.getContext("webgl2", { alpha: false, depth: false, antialias: false });
  if (!(gl instanceof WebGL2RenderingContext)) return fail("backend", "there is no WebGL2 context");
  if (gl.getExtension("EXT_color_buffer_float") === null) return fail("backend", "WebGL2 cannot draw into textures of floats here (EXT_color_buffer_float)");
  const instance = new gpujs({ mode: "webgl2", canvas, context: gl });
  if (compileGlsl(instance, gl, probeKernel("glsl"), []) !== undefined) return new DeviceBackend(new WebGl2Device(gl, instance));
  return new DeviceBackend(new PerCallDevice("webgl2", instance));
}
