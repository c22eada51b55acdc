import { describe, expect, it } from "vitest";
import type { Features } from "../../src/wasm/features.ts";
import { emitMatmul } from "../../src/wasm/matmul/matmul.ts";
import { splitProduct } from "../../src/wasm/matmul/parts.ts";
import { elementBytesOf, matmulScratchBytes, planMatmul, type MatmulPlan, type PlanChoices } from "../../src/wasm/matmul/plan.ts";
import type { MatmulShape, MatmulSpec } from "../../src/wasm/matmul/spec.ts";
import { storeElements } from "../../src/wasm/store-elements.ts";
import { ModuleWriter } from "../../src/wasm/module-writer.ts";
import type { Local } from "../../src/wasm/types.ts";
import { featureSets, instantiate } from "./support.ts";

type FloatArray = Float32Array | Float64Array;

/** Small whole numbers, so that sums are exact in any order. */
function wholeNumbers(target: FloatArray, seed: number): void {
  let state = seed;
  for (let index = 0; index < target.length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    target[index] = (state >> 27);
  }
}

/** The product by the definition. */
function product(shape: MatmulShape, a: FloatArray, b: FloatArray): number[] {
  const { m, n, k } = shape;
  const result: number[] = [];
  for (let row = 0; row < m; row += 1) {
    for (let column = 0; column < n; column += 1) {
      let sum = 0;
      for (let step = 0; step < k; step += 1) {
        const left = a[shape.transposeA === true ? step * m + row : row * k + step] ?? NaN;
        const right = b[shape.transposeB === true ? column * k + step : step * n + column] ?? NaN;
        sum += left * right;
      }
      result.push(sum);
    }
  }
  return result;
}

/** Buffers one after the other, each followed by 48 bytes of padding, none aligned to a vector. */
class Layout {
  #end: number;
  constructor(start: number) {
    this.#end = start;
  }
  place(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / 8) * 8 + 48;
    return at;
  }
  get end(): number {
    return this.#end;
  }
}

interface Run {
  readonly actual: number[];
  readonly expected: number[];
  /** Bytes changed outside of C and scratch memory. */
  readonly strayBytes: number;
}

function runProduct(shape: MatmulShape, features: Features, choices: PlanChoices = {}): Run {
  const plan: MatmulPlan = planMatmul(shape, features, choices);
  const writer = new ModuleWriter(features);
  writer.importMemory("env", "memory", { min: 1 });
  emitMatmul(writer, { ...shape, name: "multiply" }, plan);
  const { m, n, k } = shape;
  const bytes = elementBytesOf(shape.dtype);
  const layout = new Layout(8);
  const [atA, atB, atC] = [m * k, k * n, m * n].map((count) => layout.place(count * bytes));
  const atScratch = layout.place(plan.scratchBytes);
  if (atA === undefined || atB === undefined || atC === undefined) throw new Error("three buffers");
  const { memory, functions } = instantiate(writer, Math.ceil(layout.end / 65536));
  const ArrayType = shape.dtype === "f32" ? Float32Array : Float64Array;
  const all = new Uint8Array(memory.buffer).fill(0x7f);
  const a = new ArrayType(memory.buffer, atA, m * k);
  const b = new ArrayType(memory.buffer, atB, k * n);
  wholeNumbers(a, 1);
  wholeNumbers(b, 2);
  const before = all.slice();
  functions["multiply"]?.(atA, atB, atC, atScratch, atScratch + plan.packedB);
  const inside = (at: number): boolean => (at >= atC && at < atC + m * n * bytes) || (at >= atScratch && at < atScratch + plan.scratchBytes);
  let strayBytes = 0;
  for (let at = 0; at < all.length; at += 1) if (all[at] !== before[at] && !inside(at)) strayBytes += 1;
  return { actual: [...new ArrayType(memory.buffer, atC, m * n)], expected: product(shape, a, b), strayBytes };
}

function expectRight(shape: MatmulShape, features: Features, choices?: PlanChoices): void {
  const { actual, expected, strayBytes } = runProduct(shape, features, choices);
  expect({ shape, choices, strayBytes, actual }).toEqual({ shape, choices, strayBytes: 0, actual: expected });
}

const transposes = [[false, false], [true, false], [false, true], [true, true]] as const;
const sizes = [1, 2, 3, 4, 6, 9, 13, 16, 19];

describe.each(featureSets)("matmul with relaxedSimd $relaxedSimd", (features) => {
  describe.each(["f32", "f64"] as const)("%s", (dtype) => {
    it.each(transposes)("is right for small sizes (transposed: %s, %s)", (transposeA, transposeB) => {
      for (const m of sizes) {
        for (const n of sizes) {
          for (const k of [1 + (m % 3), 5 + (n % 4)]) {
            const shape = { dtype, m, n, k, transposeA, transposeB };
            expectRight(shape, features);
            expectRight(shape, features, { packA: true, packB: true });
            expectRight(shape, features, { panelFunctions: true });
          }
        }
      }
    });

    it.each(transposes)("is right for the shapes of networks and for cut k (transposed: %s, %s)", (transposeA, transposeB) => {
      for (const [m, n, k] of [[32, 16, 2], [128, 10, 64], [10, 64, 128], [1, 70, 33], [70, 1, 33], [65, 67, 300]] as const) {
        const shape = { dtype, m, n, k, transposeA, transposeB };
        expectRight(shape, features);
        expectRight(shape, features, { packA: true, packB: true, blockK: 32 });
        expectRight(shape, features, { packA: false, packB: true, blockK: 50 });
        expectRight(shape, features, { packA: true, packB: false, blockK: 29 });
        expectRight(shape, features, { packA: true, packB: true, blockK: 32, panelFunctions: true });
        expectRight(shape, features, { packA: false, packB: false, blockK: 29, panelFunctions: true });
        expectRight(shape, features, { packA: true, packB: true, blockM: 12 });
        expectRight(shape, features, { packA: false, packB: true, blockK: 32, blockM: 1 });
        expectRight(shape, features, { packA: true, packB: false, blockK: 29, blockM: 12, panelFunctions: true });
      }
    });

    it("gives zeros for k = 0 and nothing for m = 0 or n = 0", () => {
      expect(runProduct({ dtype, m: 3, n: 5, k: 0 }, features)).toEqual({ actual: Array(15).fill(0), expected: Array(15).fill(0), strayBytes: 0 });
      expectRight({ dtype, m: 0, n: 5, k: 3, transposeB: true }, features);
      expectRight({ dtype, m: 5, n: 0, k: 3 }, features);
    });

    it("lets the epilogue change, mask and store results, also with cut k", () => {
      for (const blockK of [7, 3]) {
        for (const panelFunctions of [false, true]) {
          const shape: MatmulShape = { dtype, m: 9, n: 11, k: 7 };
          const { actual, expected, kept } = runEpilogue(shape, features, { blockK, panelFunctions, ...(blockK === 3 && { blockM: 2 }) });
          expect(actual).toEqual(expected.map((value) => Math.max(value, 0)));
          expect(kept).toEqual(expected);
        }
      }
    });

    it("lets the epilogue leave C alone", () => {
      const { untouched } = runEpilogue({ dtype, m: 5, n: 6, k: 4 }, features, { blockK: 4 }, true);
      expect(untouched).toBe(true);
    });
  });

  const partCases = transposes.flatMap((transposed) => [[...transposed, false], [...transposed, true]] as const).flatMap((part) => [[...part, 100, true], [...part, 12, true], [...part, 100, false], [...part, 12, false]] as const);

  it.each(partCases)("gives the same bits in parts (transposed: %s, %s; functions for panels: %s; blocks of %s rows; A packed: %s)", (transposeA, transposeB, panelFunctions, blockM, packA) => {
    const shape: MatmulShape = { dtype: "f32", m: 100, n: 154, k: 200, transposeA, transposeB };
    const { m, n, k } = shape;
    const plan = planMatmul(shape, features, { packA, packB: true, panelFunctions, blockM });
    const steps = splitProduct(shape, plan, 2);
    // Who computes columns reads all of A, and should not have to pack it as well.
    expect(steps.map(({ part }) => part)).toEqual(packA ? ["packing", "rowsOfPacked"] : ["columns"]);
    const writer = new ModuleWriter(features);
    writer.importMemory("env", "memory", { min: 1 });
    emitMatmul(writer, { ...shape, name: "whole" }, { ...plan, panelFunctions: false, blockM: m });
    for (const { part } of steps) emitMatmul(writer, { ...shape, name: part, part }, plan);
    const layout = new Layout(64);
    const [atA = 0, atB = 0, whole = 0, inParts = 0] = [m * k, k * n, m * n, m * n].map((count) => layout.place(4 * count));
    const [scratch = 0, otherScratch = 0] = [0, 1].map(() => layout.place(plan.scratchBytes));
    const { memory, functions } = instantiate(writer, Math.ceil(layout.end / 65536));
    for (const [at, count] of [[atA, m * k], [atB, k * n]] as const) {
      new Float32Array(memory.buffer, at, count).forEach((_, index, array) => { array[index] = Math.sin(index + at); });
    }
    functions["whole"]?.(atA, atB, whole, scratch, scratch + plan.packedB);
    const inPartsBits = new Uint32Array(memory.buffer, inParts, m * n);
    for (const share of [0.1, 0.5, 0.99]) {
      inPartsBits.fill(0);
      for (const { part, cuts } of steps) {
        const cut = cuts[Math.floor(share * (cuts.length - 1))] ?? 0;
        functions[part]?.(atA, atB, inParts, otherScratch, scratch + plan.packedB, cut, cuts.at(-1) ?? 0);
        functions[part]?.(atA, atB, inParts, scratch, scratch + plan.packedB, 0, cut);
      }
      expect(inPartsBits).toEqual(new Uint32Array(memory.buffer, whole, m * n));
    }
  });

  it("keeps infinities and NaN", () => {
    const writer = new ModuleWriter(features);
    writer.importMemory("env", "memory", { min: 1 });
    emitMatmul(writer, { dtype: "f32", m: 2, n: 2, k: 2, name: "multiply" });
    const { memory, functions } = instantiate(writer, 1);
    new Float32Array(memory.buffer).set([Infinity, 1, NaN, 2], 0);
    new Float32Array(memory.buffer).set([1, 0, 2, 3], 16);
    functions["multiply"]?.(0, 64, 128, 192, 192);
    expect([...new Float32Array(memory.buffer, 128, 4)]).toEqual([Infinity, NaN, NaN, NaN]);
  });
});

/** A product followed by · factor[m] + bias[n] - other[m, n]; keeps the result and stores its positive part in C. */
function runEpilogue(shape: MatmulShape, features: Features, choices: PlanChoices, skipStore = false): {
  readonly actual: number[]; readonly expected: number[]; readonly kept: number[]; readonly untouched: boolean;
} {
  const { m, n, k, dtype } = shape;
  const splat = dtype === "f32" ? "v128.load32_splat" : "v128.load64_splat";
  const spec: MatmulSpec = {
    ...shape, name: "multiply", extraParameters: ["i32", "i32", "i32", "i32"],
    epilogue: (w, context) => {
      const [factor, bias, other, keep] = context.parameters;
      const [, , c] = w.parameters;
      if (!factor || !bias || !other || !keep) throw new Error("four operands");
      const { row, column, lanes, laneCount, value } = context;
      const bytes = elementBytesOf(dtype);
      /** Pushes the address of element [row · rowStride + column · columnStride]. */
      const push = (base: Local, rowStride: number, columnStride: number): void => {
        w.get(base);
        for (const [index, stride] of [[row, rowStride], [column, columnStride]] as const) {
          w.op("i32.add", index.base, index.plus);
          w.op("i32.mul", stride * bytes);
          w.op("i32.add");
        }
      };
      w.get(value);
      w.load(splat, 0, () => { push(factor, 1, 0); });
      w.op(`${lanes}.mul`);
      w.load("v128.load", 0, () => { push(bias, 0, 1); });
      w.op(`${lanes}.add`);
      w.load("v128.load", 0, () => { push(other, n, 1); });
      w.op(`${lanes}.sub`);
      const result = w.keep();
      storeElements(w, () => { push(keep, n, 1); }, 0, result, bytes, laneCount);
      if (skipStore || c === undefined) return;
      w.op(`${lanes}.pmax`, result, w.splatConstant(lanes, 0));
      w.set(result);
      storeElements(w, () => { push(c, n, 1); }, 0, result, bytes, laneCount);
    },
  };
  const writer = new ModuleWriter(features);
  writer.importMemory("env", "memory", { min: 1 });
  const plan = planMatmul(shape, features, choices);
  emitMatmul(writer, spec, plan);
  const { memory, functions } = instantiate(writer, 1);
  const bytes = elementBytesOf(dtype);
  const layout = new Layout(8);
  const ArrayType = dtype === "f32" ? Float32Array : Float64Array;
  const arrays = [m * k, k * n, m * n, matmulScratchBytes(shape, features) / bytes, m, n, m * n, m * n].map((count, index) => {
    const array = new ArrayType(memory.buffer, layout.place(count * bytes), Math.ceil(count));
    wholeNumbers(array, index);
    return array;
  });
  const [a, b, c, , factor, bias, other, keep] = arrays;
  if (!a || !b || !c || !factor || !bias || !other || !keep) throw new Error("eight arrays");
  const before = [...c];
  const expected = product(shape, a, b).map((value, index) => {
    const row = Math.floor(index / n);
    return value * (factor[row] ?? NaN) + (bias[index % n] ?? NaN) - (other[index] ?? NaN);
  });
  const [atA = 0, atB = 0, atC = 0, atScratch = 0, ...extra] = arrays.map((array) => array.byteOffset);
  functions["multiply"]?.(atA, atB, atC, atScratch, atScratch + plan.packedB, ...extra);
  return { actual: [...c], expected, kept: [...keep], untouched: before.every((value, index) => value === c[index]) };
}

describe("planMatmul", () => {
  const modern: Features = { relaxedSimd: true, manyRegisters: true };
  const old: Features = { relaxedSimd: true, manyRegisters: false };
  const tilesOf = (shape: MatmulShape, features: Features): string[] => {
    const { panels, rows } = planMatmul(shape, features);
    return panels.flatMap(({ vectors }) => rows.map(({ height }) => `${String(height)}x${String(vectors)}`));
  };

  it("takes tiles of 6 rows and 2 vectors, and cuts the rest evenly", () => {
    expect(tilesOf({ dtype: "f32", m: 128, n: 128, k: 128 }, modern)).toEqual(["6x2", "5x2"]);
  });

  it("takes panels of 3 vectors for 10 columns", () => {
    expect(tilesOf({ dtype: "f32", m: 129, n: 10, k: 128 }, modern)).toEqual(["3x3"]);
  });

  it("keeps registers free for engines that load early", () => {
    expect(tilesOf({ dtype: "f32", m: 128, n: 128, k: 128 }, old)).toEqual(["3x3", "2x3", "3x2", "2x2"]);
  });

  it("needs no scratch memory for small products and cuts k for large ones", () => {
    expect(matmulScratchBytes({ dtype: "f32", m: 32, n: 16, k: 16 }, modern)).toBe(0);
    expect(planMatmul({ dtype: "f32", m: 1024, n: 1024, k: 1024 }, modern)).toMatchObject({ packA: true, packB: true, blockK: 512, blockM: 48 });
    expect(planMatmul({ dtype: "f32", m: 1024, n: 1024, k: 1024 }, old).blockM).toBeGreaterThanOrEqual(1024);
    expect(planMatmul({ dtype: "f32", m: 128, n: 128, k: 784 }, modern).blockM).toBeGreaterThanOrEqual(128);
  });

  it("gives panels functions where a product takes long enough to be optimized meanwhile", () => {
    expect(planMatmul({ dtype: "f32", m: 128, n: 128, k: 784 }, modern).panelFunctions).toBe(true);
    expect(planMatmul({ dtype: "f32", m: 128, n: 10, k: 128 }, modern).panelFunctions).toBe(false);
  });
});
