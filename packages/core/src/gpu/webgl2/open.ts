import { fail } from "../../errors.ts";
import type { GpuJsClass } from "../gpujs.ts";
import { WebGl2Device } from "./device.ts";

/**
 * Opens a WebGL2 context that can draw into textures of floats.
 *
 * @throws OptError `backend` where there is none.
 */
export function openWebGl2(gpujs: GpuJsClass): WebGl2Device {
  const canvas = typeof OffscreenCanvas === "undefined" ? (globalThis as { readonly document?: Document }).document?.createElement("canvas") : new OffscreenCanvas(1, 1);
  if (canvas === undefined) return fail("backend", "there is neither OffscreenCanvas nor a document");
  const gl: unknown = canvas.getContext("webgl2", { alpha: false, depth: false, antialias: false });
  if (!(gl instanceof WebGL2RenderingContext)) return fail("backend", "there is no WebGL2 context");
  if (gl.getExtension("EXT_color_buffer_float") === null) return fail("backend", "WebGL2 cannot draw into textures of floats here (EXT_color_buffer_float)");
  return new WebGl2Device(gl, new gpujs({ mode: "webgl2", canvas, context: gl }));
}
