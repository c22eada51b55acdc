import { detectFeatures, type Features } from "../../src/wasm/features.ts";
import { hostMath, hostMathModule, importHostMath } from "../../src/wasm/math/host-math.ts";
import { VectorCode } from "../../src/wasm/math/vector-code.ts";
import { ModuleWriter } from "../../src/wasm/module-writer.ts";
import type { FloatLanes, Local } from "../../src/wasm/types.ts";

/** The keys of an object with their literal types. */
export function keysOf<T extends object>(value: T): (keyof T & string)[] {
  return Object.keys(value) as (keyof T & string)[];
}

/** The feature sets to test: plain multiply and add everywhere, relaxed SIMD where the engine has it. */
export const featureSets: readonly Features[] = [
  { relaxedSimd: false, manyRegisters: false },
  ...(detectFeatures().relaxedSimd ? [{ relaxedSimd: true, manyRegisters: true }] : []),
];

/** A memory with a module that works on it. */
export interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly functions: Readonly<Record<string, (...values: number[]) => number>>;
}

/** Instantiates a module that imports its memory as `env.memory` and may call the host's mathematics. */
export function instantiate(writer: ModuleWriter, pages: number): Instance {
  const memory = new WebAssembly.Memory({ initial: pages });
  const module = new WebAssembly.Module(writer.toBytes());
  const imports = { env: { memory }, [hostMathModule]: { ...hostMath } };
  const { exports } = new WebAssembly.Instance(module, imports);
  return { memory, functions: exports as Record<string, (...values: number[]) => number> };
}

type FloatArray = Float32Array | Float64Array;
type Emit = (v: VectorCode, ...operands: Local[]) => Local;

/** Makes a function that applies vector code to whole arrays of equal length. */
export function elementwise(features: Features, lanes: FloatLanes, count: number, emit: Emit): (...inputs: FloatArray[]) => FloatArray {
  const writer = new ModuleWriter(features);
  writer.importMemory("env", "memory", { min: 1 });
  importHostMath(writer);
  const capacity = 1 << 20;
  writer.addFunction("apply", { parameters: ["i32"], results: [] }, (w) => {
    const counter = w.local("i32");
    w.for({ counter, from: 0, to: w.parameters[0] ?? 0, step: 16 }, () => {
      w.get(counter);
      const operands = Array.from({ length: count }, (_, operand) => {
        w.load("v128.load", operand * capacity, counter);
        return w.keep();
      });
      w.get(emit(new VectorCode(w, lanes), ...operands));
      w.store(count * capacity);
    });
  });
  const { memory, functions } = instantiate(writer, ((count + 1) * capacity) / 65536);
  const ArrayType = lanes === "f32x4" ? Float32Array : Float64Array;
  return (...inputs) => {
    const length = inputs[0]?.length ?? 0;
    inputs.forEach((input, operand) => { new ArrayType(memory.buffer, operand * capacity, length).set(input); });
    functions["apply"]?.(length * ArrayType.BYTES_PER_ELEMENT);
    return new ArrayType(memory.buffer, count * capacity, length).slice();
  };
}
