import { existing, failInternally } from "../../errors.ts";
import { operandsOf } from "../../compile/stages.ts";
import type { IndexMap, KernelStore, KernelValue } from "../../compile/kernel.ts";
import type { DType } from "../../tensor/dtype.ts";
import { itemSize } from "../../tensor/dtype.ts";
import { pushAffine, type AffineTerm } from "../affine.ts";
import type { FunctionWriter } from "../function-writer.ts";
import { storeElements } from "../store-elements.ts";
import type { Local } from "../types.ts";
import { emitFunction } from "./functions.ts";
import type { LaneCount } from "./lanes.ts";
import { loadSplat, loadVector, vectorOf } from "./lanes.ts";
import { axesOfValues, movingAxes } from "./moving.ts";
import { emitUniform } from "./random-words.ts";

/** One vector of the innermost axis: `vector` lanes-wide steps after the loop's counter; its first `active` lanes count. */
export interface Unit {
  readonly vector: number;
  readonly active: number;
}

/** What the body of a kernel is written for. */
export interface BodySpec {
  readonly values: readonly KernelValue[];
  /** The number of loop axes; the last one is the vector axis. */
  readonly axes: number;
  /** Bit mask of the reduced axes. */
  readonly reducedMask: number;
  readonly lanes: LaneCount;
  /** The locals that hold the byte addresses of the buffers. */
  readonly addresses: readonly Local[];
  /** The local that holds the address of the kernel's scratch memory, if it has any. */
  readonly scratch: Local | undefined;
  /** Where a host argument is in memory. */
  readonly argumentAddress: (argument: number) => number;
  readonly dtypeOf: (buffer: number) => DType;
}

type Scope = (() => void)[];

/** Whether a value is x less the largest x, as in a softmax: never above 0. */
function isBelowMaximum(value: KernelValue | undefined, values: readonly KernelValue[]): boolean {
  if (value?.kind !== "function" || value.name !== "sub") return false;
  const [x, largest = -1] = value.operands;
  const reduction = values[largest];
  return reduction?.kind === "reduce" && reduction.name === "max" && reduction.operand === x;
}

/**
 * Writes the values of a kernel's body, each once and as far outside the loops as its dependencies allow.
 *
 * The loop generator opens the loops, tells the counters, and asks for values; a value asked for inside a loop is forgotten
 * when the loop's scope closes.
 */
export class BodyEmitter {
  readonly w: FunctionWriter;
  readonly spec: BodySpec;
  /** For each value, the bit mask of the axes that it changes along. */
  readonly moving: readonly number[];
  readonly #counters: (Local | undefined)[];
  /** What is at hand: values, addresses, and vectors of indices, each kind by keys of its own form. */
  readonly #known = new Map<string, Local>();
  readonly #scopes: Scope[] = [[]];
  readonly #spilled = new Map<number, number>();

  constructor(w: FunctionWriter, spec: BodySpec) {
    this.w = w;
    this.spec = spec;
    this.#counters = new Array<Local | undefined>(spec.axes).fill(undefined);
    this.moving = axesOfValues(spec.values, spec.axes, spec.reducedMask);
  }

  /** The bit of the vector axis. */
  get vectorBit(): number {
    return 1 << (this.spec.axes - 1);
  }

  /** Tells which local counts an axis from here on. */
  setCounter(axis: number, counter: Local): void {
    this.#counters[axis] = counter;
  }

  /** Runs `write`; values and addresses that it makes are forgotten afterwards. */
  scoped(write: () => void): void {
    this.#scopes.push([]);
    write();
    for (const forget of this.#scopes.pop() ?? []) forget();
  }

  /** Gives a value that the generator computed itself: a finished reduction, a product. */
  define(id: number, local: Local, unit: Unit): void {
    this.#remember(this.#valueKey(id, unit), local);
  }

  /** Whether a value is at hand. */
  has(id: number, unit: Unit): boolean {
    return this.#known.has(this.#valueKey(id, unit));
  }

  /** Keeps a value of the vector axis in scratch memory, from an offset on, for later passes. */
  spill(id: number, offset: number, unit: Unit): void {
    const value = this.value(id, unit);
    const dtype = this.#dtype(id);
    const place = (): void => { this.#pushScratch(dtype); };
    storeElements(this.w, place, offset + this.#vectorBytes(dtype) * unit.vector, value, itemSize[dtype], this.spec.lanes);
  }

  /** From now on a value is loaded from scratch memory instead of computed. */
  useSpilled(id: number, offset: number): void {
    this.#spilled.set(id, offset);
  }

  /** The local that holds a value, computed here if it is not at hand. */
  value(id: number, unit: Unit): Local {
    const known = this.#known.get(this.#valueKey(id, unit));
    if (known !== undefined) return known;
    const value = existing(this.spec.values[id], "kernel value");
    if (value.kind === "constant") return this.#constant(value.value, value.dtype);
    const operands = this.#spilled.has(id) ? [] : operandsOf(value).map((operand) => this.value(operand, unit));
    this.#emit(id, value, operands, unit);
    const local = this.w.keep();
    this.define(id, local, unit);
    return local;
  }

  /**
   * Computes, here and now, everything that `roots` need and that does not change along the axes still to be opened.
   *
   * @param roots - Values that will be asked for further inside.
   * @param stores - Stores that will be made further inside.
   * @param available - Bit mask of the axes that are open.
   */
  hoist(roots: readonly number[], stores: readonly KernelStore[], available: number, unit: Unit): void {
    const seen = new Set<number>();
    const visit = (id: number): void => {
      const value = this.spec.values[id];
      if (value === undefined || seen.has(id) || value.kind === "constant" || this.has(id, unit)) return;
      seen.add(id);
      const fixed = ((this.moving[id] ?? 0) & ~available) === 0;
      if (fixed && this.#canCompute(id, unit)) {
        this.value(id, unit);
        return;
      }
      if (this.#spilled.has(id)) return;
      if (value.kind === "load") this.#hoistAddress(value.buffer, value.index, available);
      for (const operand of operandsOf(value)) visit(operand);
    };
    for (const root of roots) visit(root);
    for (const store of stores) this.#hoistAddress(store.buffer, store.index, available);
  }

  /** Stores a value's active lanes. A store that does not move along the vector axis writes one element. */
  store(store: KernelStore, unit: Unit): void {
    const { w } = this;
    const dtype = this.spec.dtypeOf(store.buffer);
    const value = this.value(store.value, unit);
    const stride = store.index.strides[this.spec.axes - 1] ?? 0;
    const place = (): void => { this.#pushElement(store.buffer, store.index); };
    if (stride === 0) storeElements(w, place, 0, value, itemSize[dtype], 1);
    else if (stride === 1) storeElements(w, place, this.#vectorBytes(dtype) * unit.vector, value, itemSize[dtype], unit.active);
    else {
      for (let lane = 0; lane < unit.active; lane++) {
        const offset = (unit.vector * this.spec.lanes + lane) * stride * itemSize[dtype];
        w.storeLane(dtype === "f64" ? "v128.store64_lane" : "v128.store32_lane", offset, lane, place, value);
      }
    }
  }

  #dtype(id: number): DType {
    return this.spec.values[id]?.dtype ?? "f32";
  }

  /** Values that move along the vector axis differ from vector to vector. */
  #valueKey(id: number, unit: Unit): string {
    const moves = ((this.moving[id] ?? 0) & this.vectorBit) !== 0;
    return `${String(id)}.${moves ? String(unit.vector) : ""}`;
  }

  /** Keeps a local at hand until the innermost scope closes. */
  #remember(key: string, local: Local): Local {
    this.#known.set(key, local);
    this.#scopes.at(-1)?.push(() => this.#known.delete(key));
    return local;
  }

  /** Whether a value can be computed before the reductions that are not finished yet. */
  #canCompute(id: number, unit: Unit): boolean {
    const value = this.spec.values[id];
    if (value === undefined || this.has(id, unit)) return true;
    if (value.kind === "reduce" || value.kind === "product") return false;
    return operandsOf(value).every((operand) => this.#canCompute(operand, unit));
  }

  /** Bytes that one vector of the kernel covers in a buffer. */
  #vectorBytes(dtype: DType): number {
    return this.spec.lanes * itemSize[dtype];
  }

  #constant(value: number, dtype: DType): Local {
    return this.w.splatConstant(vectorOf(dtype), value);
  }

  #hoistAddress(buffer: number, index: IndexMap, available: number): void {
    if ((movingAxes(index) & ~this.vectorBit & ~available) === 0) this.#address(buffer, index);
  }

  /** The byte address of an index map's element at the current counters and position 0 of the vector axis. */
  #address(buffer: number, index: IndexMap): Local {
    const { w } = this;
    const pointer = existing(this.spec.addresses[buffer], "buffer");
    const bytes = itemSize[this.spec.dtypeOf(buffer)];
    const outer = index.strides.slice(0, -1);
    if (index.offset === 0 && outer.every((stride) => stride === 0)) return pointer;
    const key = `${String(buffer)}@${outer.join()}+${String(index.offset)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    pushAffine(w, pointer, outer.map((stride, axis) => [this.#counters[axis], stride * bytes]));
    if (index.offset !== 0) w.op("i32.add", index.offset * bytes);
    return this.#remember(key, w.keep("i32"));
  }

  /** Pushes the byte address of an index map's element at the current counters. */
  #pushElement(buffer: number, index: IndexMap): void {
    const stride = index.strides[this.spec.axes - 1] ?? 0;
    pushAffine(this.w, this.#address(buffer, index), [this.#vectorTerm(stride * itemSize[this.spec.dtypeOf(buffer)])]);
  }

  /** The vector axis's part of an address or index. */
  #vectorTerm(stride: number): AffineTerm {
    return [this.#counters[this.spec.axes - 1], stride];
  }

  #pushScratch(dtype: DType): void {
    pushAffine(this.w, existing(this.spec.scratch, "scratch memory"), [this.#vectorTerm(itemSize[dtype])]);
  }

  #emit(id: number, value: KernelValue, operands: readonly Local[], unit: Unit): void {
    const { w, spec } = this;
    const spilled = this.#spilled.get(id);
    if (spilled !== undefined) {
      loadVector(w, value.dtype, spec.lanes, spilled + this.#vectorBytes(value.dtype) * unit.vector, () => { this.#pushScratch(value.dtype); });
      return;
    }
    switch (value.kind) {
      case "load":
        this.#emitLoad(value.buffer, value.index, unit);
        return;
      case "argument":
        loadSplat(w, value.dtype, spec.argumentAddress(value.argument));
        return;
      case "iota":
        w.get(this.#indices(value.index, unit.vector));
        if (value.dtype === "f32") w.op("f32x4.convert_i32x4_s");
        if (value.dtype === "f64") w.op("f64x2.convert_low_i32x4_s");
        return;
      case "random":
        this.#emitRandom(value.index, value.stream, value.dtype, operands, unit);
        return;
      case "function": {
        const typed = operands.map((local, index) => {
          const id = value.operands[index] ?? 0;
          const operand = spec.values[id];
          const isZero = operand?.kind === "constant" && Object.is(operand.value, 0);
          return { local, dtype: this.#dtype(id), isZero, isNonPositive: isBelowMaximum(operand, spec.values) };
        });
        emitFunction(value.name, { w, lanes: spec.lanes, operands: typed, dtype: value.dtype });
        return;
      }
      default:
        failInternally(`${value.kind} is asked for before it is computed`);
    }
  }

  #emitLoad(buffer: number, index: IndexMap, unit: Unit): void {
    const { w, spec } = this;
    const dtype = spec.dtypeOf(buffer);
    const stride = index.strides[spec.axes - 1] ?? 0;
    const place = (): void => { this.#pushElement(buffer, index); };
    if (stride === 0) {
      loadSplat(w, dtype, place);
      return;
    }
    if (stride === 1) {
      loadVector(w, dtype, spec.lanes, this.#vectorBytes(dtype) * unit.vector, place);
      return;
    }
    const gathered = w.local("v128");
    place();
    const start = w.keep("i32");
    for (let lane = 0; lane < unit.active; lane++) {
      const offset = (unit.vector * spec.lanes + lane) * stride * itemSize[dtype];
      w.loadLane(dtype === "f64" ? "v128.load64_lane" : "v128.load32_lane", offset, lane, start, gathered);
      w.set(gathered);
    }
    w.get(gathered);
  }

  /** The value of an affine index in each lane, as i32x4. */
  #indices(index: IndexMap, vector: number): Local {
    const { w, spec } = this;
    const key = `${String(vector)}:${index.strides.join()}+${String(index.offset)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const vectorStride = index.strides[spec.axes - 1] ?? 0;
    if (vector > 0 && vectorStride !== 0) {
      // One addition instead of bringing another number into all lanes.
      w.op("i32x4.add", this.#indices(index, vector - 1), w.splatConstant("i32x4", vectorStride * spec.lanes));
    } else {
      pushAffine(w, index.offset, index.strides.map((stride, axis) => [this.#counters[axis], stride]));
      w.op("i32x4.splat");
      if (vectorStride !== 0) w.op("i32x4.add", w.wordsConstant([0, vectorStride, 2 * vectorStride, 3 * vectorStride]));
    }
    return this.#remember(key, w.keep());
  }

  #emitRandom(index: IndexMap, stream: number, dtype: DType, operands: readonly Local[], unit: Unit): void {
    const { w } = this;
    const [key0, key1] = operands;
    emitUniform(w, this.#indices(index, unit.vector), stream, [existing(key0, "key"), existing(key1, "key")], dtype);
  }
}
