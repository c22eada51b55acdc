import { itemUnder } from "../lists.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { detectFeatures, type Features } from "./features.ts";
import { FunctionWriter } from "./function-writer.ts";
import { valueTypeCodes, type FunctionIndex, type Signature, type ValueType } from "./types.ts";

/** Size of a memory in pages of 64 KiB. */
export interface MemoryLimits {
  readonly min: number;
  readonly max?: number;
  /** Whether threads share it; needs `max`. */
  readonly shared?: boolean;
}

/** Entries of one section of the module. */
class Section {
  readonly content: ByteBuffer = new ByteBuffer();
  count = 0;

  /** Begins an entry; returns its number. */
  entry(): number {
    return this.count++;
  }
}

/**
 * Collects functions and writes them as one WebAssembly module. Imports come before the functions that are defined here.
 *
 * @example
 * const writer = new ModuleWriter();
 * writer.addFunction("twice", { parameters: ["i32"], results: ["i32"] }, (w) => {
 *   for (const parameter of w.parameters) w.op("i32.add", parameter, parameter);
 * });
 * WebAssembly.validate(writer.toBytes());
 */
export class ModuleWriter {
  /** The features that generated code may use. */
  readonly features: Features;

  readonly #types = new Section();
  readonly #typeNumbers = new Map<string, number>();
  readonly #imports = new Section();
  readonly #importedFunctions = new Map<string, FunctionIndex>();
  readonly #functions = new Section();
  readonly #exports = new Section();
  readonly #writers: FunctionWriter[] = [];

  /** @param features - features to use; default: what the running engine has */
  constructor(features: Features = detectFeatures()) {
    this.features = features;
  }

  /** Imports the memory that loads and stores refer to. */
  importMemory(module: string, name: string, { min, max, shared }: MemoryLimits): void {
    const content = this.#import(module, name);
    content.byte(0x02);
    content.byte((shared === true ? 2 : 0) | (max === undefined ? 0 : 1));
    content.unsigned(min);
    if (max !== undefined) content.unsigned(max);
  }

  /** Imports a function, which `FunctionWriter.callImport` knows by its name. */
  importFunction(module: string, name: string, signature: Signature): void {
    const content = this.#import(module, name);
    content.byte(0x00);
    content.unsigned(this.#typeNumber(signature));
    this.#importedFunctions.set(name, this.#importedFunctions.size);
  }

  /**
   * Adds a function.
   *
   * @param name - export it under this name, or undefined
   * @param signature - parameter and result types
   * @param write - writes the body; the parameters are `w.parameters`
   * @returns what `call` takes
   */
  addFunction(name: string | undefined, signature: Signature, write: (w: FunctionWriter) => void): FunctionIndex {
    const writer = new FunctionWriter(signature, this.features, this.#importedFunctions);
    // Entered before the body is written, so that the body may add functions itself.
    this.#writers.push(writer);
    const index = this.#importedFunctions.size + this.#functions.entry();
    this.#functions.content.unsigned(this.#typeNumber(signature));
    if (name !== undefined) {
      this.#exports.entry();
      this.#exports.content.name(name);
      this.#exports.content.byte(0x00);
      this.#exports.content.unsigned(index);
    }
    write(writer);
    return index;
  }

  /** Writes the binary module. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const code = new Section();
    for (const writer of this.#writers) {
      code.entry();
      code.content.sized(writer.finish());
    }
    const module = new ByteBuffer(code.content.length + 1024);
    module.bytes(new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
    writeSection(module, 1, this.#types);
    writeSection(module, 2, this.#imports);
    writeSection(module, 3, this.#functions);
    writeSection(module, 7, this.#exports);
    writeSection(module, 10, code);
    return module.toBytes();
  }

  #import(module: string, name: string): ByteBuffer {
    const { content } = this.#imports;
    this.#imports.entry();
    content.name(module);
    content.name(name);
    return content;
  }

  /** The number of a signature; every one stands in the module once. */
  #typeNumber({ parameters, results }: Signature): number {
    return itemUnder(this.#typeNumbers, `${parameters.join()}>${results.join()}`, () => {
      const number = this.#types.entry();
      this.#types.content.byte(0x60);
      writeTypes(this.#types.content, parameters);
      writeTypes(this.#types.content, results);
      return number;
    });
  }
}

function writeTypes(out: ByteBuffer, types: readonly ValueType[]): void {
  out.unsigned(types.length);
  for (const type of types) out.byte(valueTypeCodes[type]);
}

function writeSection(module: ByteBuffer, id: number, { count, content }: Section): void {
  if (count === 0) return;
  const section = new ByteBuffer(content.length + 8);
  section.unsigned(count);
  section.bytes(content.view());
  module.byte(id);
  module.sized(section);
}
