import { failInternally } from "../../errors.ts";
import type { GpuJs } from "../gpujs.ts";
import type { KernelSource } from "../print/kernel-source.ts";
import { compileGlsl } from "./glsl.ts";

/** A program with the places of its arguments. */
export interface LinkedProgram {
  readonly program: WebGLProgram;
  readonly vertexArray: WebGLVertexArrayObject;
  readonly scalars: readonly (WebGLUniformLocation | null)[];
}

/** Makes programs, each once: kernels of equal layers have equal code. */
export class Programs {
  readonly #gl: WebGL2RenderingContext;
  readonly #gpujs: GpuJs;
  readonly #known = new Map<string, LinkedProgram>();

  constructor(gl: WebGL2RenderingContext, gpujs: GpuJs) {
    this.#gl = gl;
    this.#gpujs = gpujs;
  }

  /** The program of a kernel whose inputs have so many quads. */
  of(kernel: KernelSource, inputQuads: readonly number[]): LinkedProgram {
    const key = [kernel.source, kernel.quads, inputQuads.join(), ...kernel.nativeFunctions.map(({ source }) => source)].join("\n");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const gl = this.#gl;
    const program = compileGlsl(this.#gpujs, gl, kernel, inputQuads) ?? failInternally("gpu.js gives no program although it did before");
    const vertexArray = this.#corners(program);
    gl.useProgram(program);
    gl.uniform2f(gl.getUniformLocation(program, "ratio"), 1, 1);
    inputQuads.forEach((_, input) => { gl.uniform1i(gl.getUniformLocation(program, `user_a${String(input)}`), input); });
    const scalars = kernel.scalars.map((_, scalar) => gl.getUniformLocation(program, `user_s${String(scalar)}`));
    const linked = { program, vertexArray, scalars };
    this.#known.set(key, linked);
    return linked;
  }

  /** The rectangle that a program is drawn on. */
  #corners(program: WebGLProgram): WebGLVertexArrayObject {
    const gl = this.#gl;
    const vertexArray = gl.createVertexArray();
    gl.bindVertexArray(vertexArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, Float32Array.of(-1, -1, 1, -1, -1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1), gl.STATIC_DRAW);
    for (const [name, offset] of [["aPos", 0], ["aTexCoord", 32]] as const) {
      const location = gl.getAttribLocation(program, name);
      // Compilers remove what is not used.
      if (location < 0) continue;
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, 2, gl.FLOAT, false, 0, offset);
    }
    gl.bindVertexArray(null);
    gl.disable(gl.SCISSOR_TEST);
    return vertexArray;
  }
}
