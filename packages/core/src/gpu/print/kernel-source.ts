import type { DType } from "../../tensor/dtype.ts";
import type { Dialect } from "./dialect.ts";
import { signatureOf } from "./dialect.ts";
import { functionsIn, libraryFunction, writeFunctions } from "./library.ts";
import { fetchQuad, textureSize } from "./texture-layout.ts";

/** A function of the shading language, as gpu.js takes it. */
export interface NativeFunction {
  readonly name: string;
  readonly source: string;
  readonly argumentTypes: Readonly<Record<string, string>>;
  readonly returnType: string;
}

/** A kernel in the language of gpu.js: each thread returns a quad, four neighbouring elements of the flat output. */
export interface KernelSource {
  readonly source: string;
  readonly nativeFunctions: readonly NativeFunction[];
  readonly argumentTypes: Readonly<Record<string, string>>;
  /** The buffers that its array arguments are, in order. */
  readonly inputs: readonly number[];
  /** The host arguments that its scalar arguments are, in order after the arrays. */
  readonly scalars: readonly { readonly argument: number; readonly dtype: DType }[];
  /** How many quads it computes. */
  readonly quads: number;
  /** How gpu.js numbers its threads: in one row, or in the rows of a texture. */
  readonly output: readonly number[];
}

/** The quads that a buffer of some elements has; integers need two floats each, upper halves first. */
export function quadsOf(length: number, dtype: DType): number {
  return Math.ceil(length / 4) * (dtype === "f32" ? 1 : 2);
}

/** Collects the parts of one kernel's source. */
export class SourceWriter {
  readonly #dialect: Dialect;
  readonly #quads: number;
  readonly #inputs: number[] = [];
  readonly #scalars: { argument: number; dtype: DType }[] = [];
  readonly #own = new Map<string, string>();
  readonly #called = new Set<string>();

  constructor(dialect: Dialect, quads: number) {
    this.#dialect = dialect;
    this.#quads = quads;
    if (dialect === "glsl") this.define(`int qThread(int x, int y) {\n  return y * ${String(textureSize(quads)[0])} + x;\n}`);
  }

  /** The number of the thread, as an expression of the kernel's code: exact, unlike what gpu.js keeps in variables. */
  get thread(): string {
    return this.#dialect === "wgsl" ? "this.thread.x" : this.call("qThread", "this.thread.x", "this.thread.y");
  }

  /** The name of the argument that stands for a buffer of so many quads. */
  input(buffer: number, quads: number): string {
    let position = this.#inputs.indexOf(buffer);
    if (position < 0) {
      position = this.#inputs.push(buffer) - 1;
      this.define(this.#accessors(`a${String(position)}`, quads));
    }
    return `a${String(position)}`;
  }

  /** The name of the argument that stands for a host argument. */
  scalar(argument: number, dtype: DType): string {
    let position = this.#scalars.findIndex((known) => known.argument === argument && known.dtype === dtype);
    if (position < 0) position = this.#scalars.push({ argument, dtype }) - 1;
    return `s${String(position)}`;
  }

  /** Adds functions of this kernel, in the notation of the library. */
  define(text: string): void {
    for (const [name, own] of functionsIn(text)) this.#own.set(name, own);
  }

  /** A call in the kernel's code. */
  call(name: string, ...parameters: readonly string[]): string {
    this.#called.add(name);
    return `${name}(${parameters.join(", ")})`;
  }

  /** The finished kernel around the statements of its body. */
  finish(body: readonly string[]): KernelSource {
    const arrays = this.#inputs.map((_, position) => `a${String(position)}`);
    const scalars = this.#scalars.map((_, position) => `s${String(position)}`);
    const called = [...this.#called];
    // gpu.js writes functions in an order of its own, so all of the text stands in the first.
    const text = writeFunctions(this.#own, called, this.#dialect);
    const nativeFunctions = called.map((name, position) => ({
      ...signatureOf(this.#own.get(name) ?? libraryFunction(name) ?? ""),
      source: position === 0 ? text : `// ${name}`,
    }));
    return {
      source: `function(${[...arrays, ...scalars].join(", ")}) {\n${body.join("\n")}\n}`,
      nativeFunctions,
      argumentTypes: Object.fromEntries([
        ...arrays.map((name) => [name, this.#dialect === "wgsl" ? "Array" : "ArrayTexture(4)"]),
        ...this.#scalars.map(({ dtype }, position) => [`s${String(position)}`, dtype === "f32" ? "Float" : "Integer"]),
      ]) as Record<string, string>,
      inputs: this.#inputs,
      scalars: this.#scalars,
      quads: this.#quads,
      output: this.#dialect === "wgsl" ? [this.#quads] : textureSize(this.#quads),
    };
  }

  /** How a quad and an element of an argument are read. gpu.js's own access computes texture coordinates in floating point. */
  #accessors(name: string, quads: number): string {
    const upper = name.toUpperCase();
    if (this.#dialect === "wgsl") {
      return [
        `V qQuad${upper}(int q) {\n  return V(user_${name}[4 * q], user_${name}[4 * q + 1], user_${name}[4 * q + 2], user_${name}[4 * q + 3]);\n}`,
        `float qElement${upper}(int i) {\n  return user_${name}[i];\n}`,
      ].join("\n");
    }
    return [
      `V qQuad${upper}(int q) {\n  return ${fetchQuad(`user_${name}`, "q", quads)};\n}`,
      `float qElement${upper}(int i) {\n  return qQuad${upper}(i >> 2)[i & 3];\n}`,
    ].join("\n");
  }
}
