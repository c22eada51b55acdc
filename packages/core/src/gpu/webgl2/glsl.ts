import { failInternally } from "../../errors.ts";
import type { GpuJs } from "../gpujs.ts";
import { kernelSettings } from "../gpujs.ts";
import type { KernelSource } from "../print/kernel-source.ts";
import { textureSize } from "../print/texture-layout.ts";
import { checkLinked } from "./link-program.ts";

/** The fields of gpu.js's WebGL2 kernel that make it usable as a compiler. */
interface CompilerFields {
  build(...parameters: unknown[]): void;
  _setupOutputTexture?: () => void;
  readonly program?: WebGLProgram;
  readonly framebuffer?: WebGLFramebuffer;
  readonly texSize?: ArrayLike<number>;
}

/**
 * Lets gpu.js compile a kernel in our context, and takes the program.
 *
 * @param gpujs - An instance of gpu.js on this context.
 * @param gl - The context.
 * @param kernel - The kernel.
 * @param inputQuads - The quads of its inputs, in order: their sizes become constants of the program.
 * @returns The program; undefined where this gpu.js hides what is needed.
 * @throws OptError `backend` for a program that does not link, which gpu.js would not notice.
 */
export function compileGlsl(gpujs: GpuJs, gl: WebGL2RenderingContext, kernel: KernelSource, inputQuads: readonly number[]): WebGLProgram | undefined {
  const fields = gpujs.createKernel(kernel.source, kernelSettings(kernel)).kernel as CompilerFields | undefined;
  if (typeof fields?.build !== "function" || typeof fields._setupOutputTexture !== "function") return undefined;
  // Results go into textures of our own.
  fields._setupOutputTexture = () => undefined;
  const stands = inputQuads.map((quads) => ({ type: "ArrayTexture(4)", texture: {}, size: textureSize(quads), dimensions: [...textureSize(quads), 1], output: textureSize(quads), context: gl }));
  fields.build(...stands, ...kernel.scalars.map(() => 0));
  const { program, framebuffer, texSize } = fields;
  if (program === undefined || texSize === undefined) return undefined;
  checkLinked(gl, program);
  gl.deleteFramebuffer(framebuffer ?? null);
  const [width, height] = textureSize(kernel.quads);
  if (texSize[0] !== width || texSize[1] !== height) failInternally("gpu.js lays out a texture in another size than expected");
  return program;
}
