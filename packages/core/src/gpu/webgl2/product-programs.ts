import type { ProductKernel } from "../program/device-program.ts";
import type { WebGl2Buffer } from "./device.ts";
import { linkProgram } from "./link-program.ts";
import { readTexels } from "./read-texels.ts";
import { layerSize, vertexShader, writeProductShaders } from "./product-shaders.ts";

/** Draws a matrix product from the textures of its operands into that of its result. */
export type DrawProduct = (inputs: readonly WebGl2Buffer[], target: WebGl2Buffer) => void;

/** The layers that the tiles of products of one size are drawn into, one product after the other. */
interface Layers {
  readonly texture: WebGLTexture;
  readonly framebuffer: WebGLFramebuffer;
}

/** Below so many multiplications a second draw costs more than tiles save. */
const fewestProducts = 1 << 16;

/** Makes the programs of matrix products, each once. */
export class ProductPrograms {
  readonly #gl: WebGL2RenderingContext;
  readonly #largestSide: number;
  readonly #programs = new Map<string, WebGLProgram>();
  readonly #layers = new Map<string, Layers>();
  /** Without attributes: the vertices are numbers. */
  readonly #noAttributes: WebGLVertexArrayObject;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#noAttributes = gl.createVertexArray();
    // A number by definition of this parameter.
    this.#largestSide = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
  }

  /** Whether a product is drawn in tiles: small ones are better in one draw, and the layers of huge ones are more than a texture holds. */
  isTiled(kernel: ProductKernel): boolean {
    const { rows, columns, depth } = kernel;
    return rows * columns * depth >= fewestProducts && Math.max(...layerSize(kernel)) <= this.#largestSide;
  }

  /** How to draw a product that is tiled. */
  of(kernel: ProductKernel): DrawProduct {
    const gl = this.#gl;
    const { tiles, rows } = writeProductShaders(kernel);
    const layer = layerSize(kernel);
    const [tilesProgram, rowsProgram] = [this.#program(tiles, ["matrixA", "matrixB"]), this.#program(rows, ["tiles"])];
    const { texture, framebuffer: layersBuffer } = this.#layersOf(layer);
    return (inputs, target) => {
      gl.bindVertexArray(this.#noAttributes);
      gl.useProgram(tilesProgram);
      inputs.forEach((input, unit) => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, input.texture);
      });
      gl.bindFramebuffer(gl.FRAMEBUFFER, layersBuffer);
      gl.viewport(0, 0, layer[0], layer[1]);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      gl.useProgram(rowsProgram);
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
      gl.viewport(0, 0, target.width, target.height);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    };
  }

  #program(fragmentShader: string, samplers: readonly string[]): WebGLProgram {
    const known = this.#programs.get(fragmentShader);
    if (known !== undefined) return known;
    const gl = this.#gl;
    const program = linkProgram(gl, vertexShader, fragmentShader);
    gl.useProgram(program);
    samplers.forEach((sampler, unit) => { gl.uniform1i(gl.getUniformLocation(program, sampler), unit); });
    this.#programs.set(fragmentShader, program);
    return program;
  }

  #layersOf([width, height]: readonly [number, number]): Layers {
    const key = `${String(width)}x${String(height)}`;
    const known = this.#layers.get(key);
    if (known !== undefined) return known;
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    readTexels(gl, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA32F, width, height, 4);
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const attachments = [0, 1, 2, 3].map((layer) => gl.COLOR_ATTACHMENT0 + layer);
    attachments.forEach((attachment, layer) => { gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachment, texture, 0, layer); });
    gl.drawBuffers(attachments);
    const layers = { texture, framebuffer };
    this.#layers.set(key, layers);
    return layers;
  }
}
