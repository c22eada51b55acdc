import type { HostProgram } from "../../compile/host-program.ts";
import { failInternally } from "../../errors.ts";
import type { Device, DeviceBuffer, PrintedKernel, Runner } from "../device.ts";
import type { GpuJs } from "../gpujs.ts";
import { DeviceHealth } from "../health.ts";
import { textureSize } from "../print/texture-layout.ts";
import type { ProductKernel } from "../program/device-program.ts";
import { ProductPrograms } from "./product-programs.ts";
import { Programs } from "./programs.ts";
import { WebGl2Runner } from "./runner.ts";
import { readTexels } from "./read-texels.ts";

/** A texture of four floats a texel. */
export interface WebGl2Buffer extends DeviceBuffer {
  readonly texture: WebGLTexture;
  readonly width: number;
  readonly height: number;
  /** For drawing into it. */
  readonly framebuffer: WebGLFramebuffer;
}

/** WebGL2: kernels that gpu.js compiles to programs, drawn one after the other into textures. */
export class WebGl2Device implements Device<WebGl2Buffer> {
  readonly name = "webgl2";
  readonly dialect = "glsl";
  readonly health: DeviceHealth = new DeviceHealth("webgl2");
  readonly gl: WebGL2RenderingContext;
  readonly programs: Programs;
  readonly products: ProductPrograms;
  readonly inputLimit: number;
  readonly quadLimit: number;
  readonly copiedQuads = 0;

  constructor(gl: WebGL2RenderingContext, gpujs: GpuJs) {
    this.gl = gl;
    this.programs = new Programs(gl, gpujs);
    this.products = new ProductPrograms(gl);
    // Numbers by definition of these parameters.
    this.inputLimit = gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number;
    const side = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    this.quadLimit = side * side;
    gl.canvas.addEventListener("webglcontextlost", () => {
      this.health.lose("the WebGL context was lost");
    });
  }

  mayFinish(kernel: ProductKernel): boolean {
    return !this.products.isTiled(kernel);
  }

  create(quads: number, isCopy: boolean): Omit<WebGl2Buffer, "id"> {
    const { gl } = this;
    const [width, height] = textureSize(quads);
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    readTexels(gl, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, width, height);
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    return { texture, quads, width, height, framebuffer, isCopy };
  }

  destroy({ texture, framebuffer }: WebGl2Buffer): void {
    this.gl.deleteFramebuffer(framebuffer);
    this.gl.deleteTexture(texture);
  }

  copy(): never {
    return failInternally("nothing is copied into textures");
  }

  write({ texture, width, height }: WebGl2Buffer, floats: Float32Array<ArrayBuffer>): void {
    const { gl } = this;
    // Fewer than the texture has, where a tensor without elements got one all the same.
    const quads = floats.length / 4;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const full = Math.floor(quads / width);
    if (full > 0) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, full, gl.RGBA, gl.FLOAT, floats);
    const rest = quads - full * width;
    if (rest > 0 && full < height) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, full, rest, 1, gl.RGBA, gl.FLOAT, floats.subarray(4 * full * width));
  }

  async read({ framebuffer, width, height, quads }: WebGl2Buffer): Promise<Float32Array> {
    const { gl } = this;
    this.check();
    const bytes = 16 * width * height;
    const staging = gl.createBuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, staging);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, bytes, gl.STREAM_READ);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    await this.#finished();
    // Asked for here only, since asking waits for the GPU.
    const error = gl.getError();
    if (error === gl.OUT_OF_MEMORY) this.health.report("there was no memory for a texture. Use smaller batches, or dispose of tensors.");
    else if (error !== gl.NO_ERROR && !gl.isContextLost()) this.health.report(`WebGL reported the error ${String(error)}.`);
    const floats = new Float32Array(4 * width * height);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, staging);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, floats);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    gl.deleteBuffer(staging);
    // A lost context reads zeros without a word.
    this.check();
    return floats.subarray(0, 4 * quads);
  }

  prepare(kernels: readonly PrintedKernel[], host: HostProgram): Runner<WebGl2Buffer> {
    return new WebGl2Runner(this, kernels, host);
  }

  /** Throws if the context is lost: the event that says so may come later than the zeros. */
  check(): void {
    if (this.gl.isContextLost()) this.health.lose("the WebGL context was lost");
    this.health.check();
  }

  /** Waits until the GPU has done what was asked for, without blocking the program. */
  async #finished(): Promise<void> {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (fence === null) return;
    gl.flush();
    for (let turn = 0; !gl.isContextLost(); turn++) {
      const status = gl.clientWaitSync(fence, 0, 0);
      if (status === gl.ALREADY_SIGNALED || status === gl.CONDITION_SATISFIED) break;
      if (status === gl.WAIT_FAILED) failInternally("waiting for the GPU failed");
      await nextTurn(turn);
    }
    gl.deleteSync(fence);
  }
}

/** Another turn of the event loop: at once for the first few times, then with pauses. */
function nextTurn(turn: number): Promise<void> {
  return new Promise((resolve) => {
    if (turn > 50) {
      setTimeout(resolve, 1);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
