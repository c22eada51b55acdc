import type { HostProgram } from "../../compile/host-program.ts";
import { failInternally } from "../../errors.ts";
import type { PrintedKernel, Runner } from "../device.ts";
import { argumentValue } from "../scalars.ts";
import type { WebGl2Buffer, WebGl2Device } from "./device.ts";
import type { LinkedProgram } from "./programs.ts";

/** A kernel and, once its inputs' sizes are known, its program. */
interface Step extends PrintedKernel {
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
    this.#steps = kernels.map((kernel) => ({ ...kernel, linked: undefined }));
  }

  run(bound: readonly (WebGl2Buffer | undefined)[]): void {
    const { gl, framebuffer } = this.#device;
    this.#device.check();
    const textureOf = (buffer: number): WebGl2Buffer => bound[buffer] ?? failInternally("a kernel's buffer does not exist");
    for (const step of this.#steps) {
      const { source } = step;
      const inputs = source.inputs.map(textureOf);
      const linked = (step.linked ??= this.#device.programs.of(source, inputs.map(({ quads }) => quads)));
      const target = textureOf(step.output);
      gl.useProgram(linked.program);
      gl.bindVertexArray(linked.vertexArray);
      inputs.forEach(({ texture }, input) => {
        gl.activeTexture(gl.TEXTURE0 + input);
        gl.bindTexture(gl.TEXTURE_2D, texture);
      });
      source.scalars.forEach(({ argument, dtype }, scalar) => {
        const location = linked.scalars[scalar] ?? null;
        const value = argumentValue(this.#host, argument);
        if (dtype === "f32") gl.uniform1f(location, value);
        else gl.uniform1i(location, value);
      });
      gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, target.texture, 0);
      gl.viewport(0, 0, target.width, target.height);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
    gl.bindVertexArray(null);
  }
}
