import type { HostProgram } from "../../compile/host-program.ts";
import { failInternally } from "../../errors.ts";
import type { PrintedKernel, Runner } from "../device.ts";
import type { KernelSource } from "../print/kernel-source.ts";
import { argumentValue } from "../scalars.ts";
import type { WebGl2Buffer, WebGl2Device } from "./device.ts";
import type { DrawProduct } from "./product-programs.ts";
import type { LinkedProgram } from "./programs.ts";

/** A kernel and the programs that draw it; those of gpu.js are made when the sizes of the inputs are known. */
interface Step extends PrintedKernel {
  readonly drawProduct: DrawProduct | undefined;
  linked: LinkedProgram | undefined;
}

/** The kernels of a plan as programs drawn into textures. */
export class WebGl2Runner implements Runner<WebGl2Buffer> {
  readonly #device: WebGl2Device;
  readonly #host: HostProgram;
  readonly #steps: readonly Step[];

  constructor(device: WebGl2Device, kernels: readonly PrintedKernel[], host: HostProgram) {
    this.#device = device;
    this.#host = host;
    this.#steps = kernels.map((printed) => {
      const { kernel } = printed;
      return { ...printed, drawProduct: kernel.kind === "product" && device.products.isTiled(kernel) ? device.products.of(kernel) : undefined, linked: undefined };
    });
  }

  run(bound: readonly (WebGl2Buffer | undefined)[]): void {
    const { gl } = this.#device;
    this.#device.check();
    const textureOf = (buffer: number): WebGl2Buffer => bound[buffer] ?? failInternally("a kernel's buffer does not exist");
    for (const step of this.#steps) {
      const inputs = step.source.inputs.map(textureOf);
      const target = textureOf(step.kernel.output);
      if (step.drawProduct !== undefined) {
        step.drawProduct(inputs, target);
        continue;
      }
      const linked = (step.linked ??= this.#device.programs.of(step.source, inputs.map(({ quads }) => quads)));
      gl.useProgram(linked.program);
      gl.bindVertexArray(linked.vertexArray);
      inputs.forEach(({ texture }, input) => {
        gl.activeTexture(gl.TEXTURE0 + input);
        gl.bindTexture(gl.TEXTURE_2D, texture);
      });
      this.#setScalars(step.source, linked);
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
      gl.viewport(0, 0, target.width, target.height);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
    gl.bindVertexArray(null);
  }

  #setScalars({ scalars }: KernelSource, linked: LinkedProgram): void {
    const { gl } = this.#device;
    scalars.forEach(({ argument, dtype }, scalar) => {
      const location = linked.scalars[scalar] ?? null;
      const value = argumentValue(this.#host, argument);
      if (dtype === "f32") gl.uniform1f(location, value);
      else gl.uniform1i(location, value);
    });
  }
}
