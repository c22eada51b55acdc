import { ByteBuffer } from "./byte-buffer.ts";
import { detectFeatures, type Features } from "./features.ts";
import { FunctionWriter } from "./function-writer.ts";
import { valueTypeCodes, type FunctionReference, type Signature, type ValueType } from "./types.ts";

/** Size of a memory in pages of 64 KiB. */
export interface MemoryLimits {
  readonly min: number;
  readonly max?: number;
  /** Whether threads share it; needs `max`. */
  readonly shared?: boolean;
}

interface Import {
  readonly module: string;
  readonly name: string;
}

interface MemoryImport extends Import {
  readonly limits: MemoryLimits;
}

interface FunctionImport extends Import {
  readonly reference: FunctionReference;
}

interface Definition {
  readonly reference: FunctionReference;
  readonly writer: FunctionWriter;
}

interface Export {
  readonly name: string;
  readonly reference: FunctionReference;
}

/**
 * Collects functions and writes them as one WebAssembly module.
 *
 * Imports may be added at any time, also while a function is being written: calls receive their indices when the module is finished.
 *
 * @example
 * const writer = new ModuleWriter();
 * writer.addFunction("twice", { parameters: ["f64"], results: ["f64"] }, (w) => {
 *   for (const parameter of w.parameters) {
 *     w.get(parameter);
 *     w.get(parameter);
 *   }
 *   w.op("f64.add");
 * });
 * WebAssembly.validate(writer.toBytes());
 */
export class ModuleWriter {
  /** The features that generated code may use. */
  readonly features: Features;

  readonly #memories: MemoryImport[] = [];
  readonly #functionImports: FunctionImport[] = [];
  readonly #definitions: Definition[] = [];
  readonly #exports: Export[] = [];

  /** @param features - features to use; default: what the running engine has */
  constructor(features: Features = detectFeatures()) {
    this.features = features;
  }

  /** Imports the memory that loads and stores refer to. */
  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.#memories.push({ module, name, limits });
  }

  /** Imports a function; asking twice for the same one gives the same reference. */
  importFunction(module: string, name: string, signature: Signature): FunctionReference {
    const known = this.#functionImports.find((entry) => entry.module === module && entry.name === name);
    if (known !== undefined) return known.reference;
    const reference: FunctionReference = { kind: "imported", ordinal: this.#functionImports.length, signature };
    this.#functionImports.push({ module, name, reference });
    return reference;
  }

  /** The functions imported so far, as module and name. */
  get functionImports(): readonly Import[] {
    return this.#functionImports;
  }

  /**
   * Adds a function.
   *
   * @param name - export it under this name, or undefined
   * @param signature - parameter and result types
   * @param write - writes the body; the parameters are `w.parameters`
   * @returns what `call` and `exportFunction` take
   */
  addFunction(name: string | undefined, signature: Signature, write: (w: FunctionWriter) => void): FunctionReference {
    const writer = new FunctionWriter(signature, this.features, (module, field, type) => this.importFunction(module, field, type));
    const reference: FunctionReference = { kind: "defined", ordinal: this.#definitions.length, signature };
    // Entered before the body is written, so that the body may add functions itself.
    this.#definitions.push({ reference, writer });
    write(writer);
    if (name !== undefined) this.exportFunction(name, reference);
    return reference;
  }

  /** Makes a function visible from outside. */
  exportFunction(name: string, reference: FunctionReference): void {
    this.#exports.push({ name, reference });
  }

  /** Writes the binary module. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const types = new TypeTable();
    const indexOf = (reference: FunctionReference): number =>
      reference.kind === "imported" ? reference.ordinal : this.#functionImports.length + reference.ordinal;

    const imports = new ByteBuffer();
    for (const entry of this.#memories) {
      imports.name(entry.module);
      imports.name(entry.name);
      imports.byte(0x02);
      writeLimits(imports, entry.limits);
    }
    for (const entry of this.#functionImports) {
      imports.name(entry.module);
      imports.name(entry.name);
      imports.byte(0x00);
      imports.unsigned(types.indexOf(entry.reference.signature));
    }
    const functions = new ByteBuffer();
    const code = new ByteBuffer(16384);
    for (const { reference, writer } of this.#definitions) {
      functions.unsigned(types.indexOf(reference.signature));
      code.sized(writer.finish(indexOf));
    }
    const exports = new ByteBuffer();
    for (const entry of this.#exports) {
      exports.name(entry.name);
      exports.byte(0x00);
      exports.unsigned(indexOf(entry.reference));
    }

    const module = new ByteBuffer(code.length + 1024);
    module.bytes(new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
    writeSection(module, 1, types.count, types.content);
    writeSection(module, 2, this.#memories.length + this.#functionImports.length, imports);
    writeSection(module, 3, this.#definitions.length, functions);
    writeSection(module, 7, this.#exports.length, exports);
    writeSection(module, 10, this.#definitions.length, code);
    return module.toBytes();
  }
}

/** The type section: every signature once. */
class TypeTable {
  readonly content: ByteBuffer = new ByteBuffer();
  readonly #indices = new Map<string, number>();

  get count(): number {
    return this.#indices.size;
  }

  indexOf(signature: Signature): number {
    const key = `${signature.parameters.join()}>${signature.results.join()}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.#indices.size;
    this.#indices.set(key, index);
    this.content.byte(0x60);
    writeTypes(this.content, signature.parameters);
    writeTypes(this.content, signature.results);
    return index;
  }
}

function writeTypes(out: ByteBuffer, types: readonly ValueType[]): void {
  out.unsigned(types.length);
  for (const type of types) out.byte(valueTypeCodes[type]);
}

function writeLimits(out: ByteBuffer, limits: MemoryLimits): void {
  const sharedBit = limits.shared === true ? 2 : 0;
  out.byte(sharedBit | (limits.max === undefined ? 0 : 1));
  out.unsigned(limits.min);
  if (limits.max !== undefined) out.unsigned(limits.max);
}

function writeSection(module: ByteBuffer, id: number, count: number, content: ByteBuffer): void {
  if (count === 0) return;
  const section = new ByteBuffer(content.length + 8);
  section.unsigned(count);
  section.bytes(content.view());
  module.byte(id);
  module.sized(section);
}
