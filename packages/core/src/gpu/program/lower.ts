import type { KernelStore, KernelValue, LoopKernel, MatmulKernel } from "../../compile/kernel.ts";
import type { Plan } from "../../compile/plan.ts";
import { fail, failInternally } from "../../errors.ts";
import type { DType } from "../../tensor/dtype.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { extract, outerReductions, valueAt } from "./body.ts";
import type { DeviceDType, DeviceKernel, DevicePlace, DeviceProgram, ElementKernel, ProgramBuffer } from "./device-program.ts";
import { denseStrides, sameWalk } from "./device-program.ts";
import { joinPieces } from "./join.ts";
import type { Piece } from "./join.ts";

type Values = readonly KernelValue[];

/** The primitives of a part of a kernel's body. */
function namesOf(values: Values): string[] {
  return values.flatMap((value) => (value.kind === "function" || value.kind === "reduce" ? [value.name] : value.kind === "random" ? ["random"] : []));
}

/** Turns a plan's kernels, which may store several values and pass several times over their axes, into kernels of one output. */
class Lowering {
  readonly buffers: ProgramBuffer[] = [];
  readonly kernels: DeviceKernel[] = [];
  readonly #plan: Plan;
  readonly #backend: string;
  /** The program buffer that holds what a plan buffer holds at this point of the plan. */
  readonly #current: number[];
  /** Pieces of concatenations that are stored already, by plan buffer. */
  readonly #pieces = new Map<number, Piece[]>();

  constructor(plan: Plan, backend: string) {
    this.#plan = plan;
    this.#backend = backend;
    this.#current = plan.buffers.map(() => -1);
    plan.buffers.forEach(({ place, length }, buffer) => {
      if (place.kind === "input") this.#current[buffer] = this.#add(buffer, { kind: "input", input: place.input });
      // Nothing is stored into what has no elements, and perhaps no kernel even says so.
      else if (length === 0) this.#current[buffer] = this.#version(buffer);
    });
  }

  lower(): DeviceProgram {
    for (const kernel of this.#plan.kernels) {
      const written: [number, number][] = [];
      if (kernel.kind === "loop") this.#loop(kernel, written);
      else this.#product(kernel, written);
      // A kernel reads its arguments as they were before it, also where it updates them.
      for (const [buffer, version] of written) this.#current[buffer] = version;
    }
    for (const { from, to } of this.#plan.copies) this.#current[to] = this.#now(from);
    const after = this.#plan.inputs.map((_, input) => {
      const buffer = this.#plan.buffers.findIndex(({ place }) => place.kind === "input" && place.input === input);
      const now = this.#now(buffer);
      const made = this.buffers[now];
      if (made?.place.kind === "temporary") this.buffers[now] = { ...made, place: { kind: "updated", input } };
      return now;
    });
    return { buffers: this.buffers, kernels: this.kernels, after };
  }

  #now(buffer: number): number {
    const current = this.#current[buffer] ?? -1;
    return current < 0 ? failInternally(`buffer ${String(buffer)} is read before it is written`) : current;
  }

  #deviceDType(dtype: DType, what: string): DeviceDType {
    if (dtype !== "f64") return dtype === "f32" ? "f32" : "i32";
    return fail("backend", `compile on ${this.#backend}: ${what} is f64, which GPUs do not have. Use f32: cast(tensor, "f32"); or compile for the CPU: { backend: "cpu" }.`);
  }

  #add(planBuffer: number, place: DevicePlace): number {
    const { dtype, length } = this.#plan.buffers[planBuffer] ?? failInternally(`buffer ${String(planBuffer)} does not exist`);
    return this.buffers.push({ dtype: this.#deviceDType(dtype, "an argument or a result"), length, place }) - 1;
  }

  #temporary(dtype: DType, length: number): number {
    return this.buffers.push({ dtype: this.#deviceDType(dtype, "a value"), length, place: { kind: "temporary" } }) - 1;
  }

  /** A new version of a plan buffer. */
  #version(planBuffer: number): number {
    const place = this.#plan.buffers[planBuffer]?.place;
    if (place?.kind === "input") return this.#add(planBuffer, { kind: "updated", input: place.input });
    return this.#add(planBuffer, place?.kind === "output" ? { kind: "output", output: place.output } : { kind: "temporary" });
  }

  /** The body with the buffers of this program, and nothing in it that a GPU cannot compute. */
  #body(values: Values): KernelValue[] {
    return values.map((value) => {
      if (value.dtype === "f64") this.#deviceDType("f64", value.kind === "function" || value.kind === "reduce" ? `the primitive ${value.name}` : `a value (${value.kind})`);
      return value.kind === "load" ? { ...value, buffer: this.#now(value.buffer) } : value;
    });
  }

  #loop({ extents, reduced, values, stores }: LoopKernel, written: [number, number][]): void {
    const body = this.#body(values);
    const replaced = new Map<number, KernelValue>();
    for (const store of stores) {
      const moves = store.index.strides.some((stride, axis) => stride !== 0 && reduced[axis] === true);
      const [only, ...others] = outerReductions(body, store.value, replaced);
      const users = stores.filter((other) => outerReductions(body, other.value, replaced).includes(only ?? -1));
      // A reduction that is stored, or that one store alone needs, is finished in the kernel that stores its result.
      const finishes = only !== undefined && others.length === 0 && !moves && (users.length === 1 || only === store.value);
      if (only !== undefined && finishes) this.#materializeInside(body, only, extents, reduced, replaced);
      else if (only !== undefined) for (const reduction of [only, ...others]) this.#materialize(body, reduction, extents, reduced, replaced);
      const { values: part, result } = extract(body, store.value, replaced);
      const counts = reduced.map((flag) => !flag || moves);
      const domain = finishes
        ? { extents, reduced }
        : { extents: extents.map((extent, axis) => (counts[axis] === true ? extent : 1)), reduced: reduced.map(() => false) };
      const dtype = part[result]?.dtype ?? "f32";
      const stored = this.#store(store, counts, extents, dtype, written, (output) => {
        this.kernels.push({ kind: "elements", ...domain, values: part, result, output, fused: namesOf(part) });
      });
      // What is stored is loaded where the stores after this one need it.
      if (stored !== undefined && part.length > 1) replaced.set(store.value, { kind: "load", buffer: stored, index: { strides: denseStrides(extents, counts), offset: 0 }, dtype });
    }
  }

  /** Stores a value with `emit`: into its buffer, or aside if it is a piece of a larger one. Returns where it is. */
  #store(store: KernelStore, counts: readonly boolean[], extents: readonly number[], dtype: DType, written: [number, number][], emit: (output: number) => void): number | undefined {
    const length = sizeOf(extents.filter((_, axis) => counts[axis] === true));
    const whole = this.#plan.buffers[store.buffer]?.length ?? 0;
    if (whole === 0) return undefined;
    const dense = { strides: denseStrides(extents, counts), offset: 0 };
    if (length === whole) {
      if (!sameWalk(store.index, dense, extents)) failInternally("a kernel's result is not dense");
      const version = this.#version(store.buffer);
      emit(version);
      written.push([store.buffer, version]);
      return version;
    }
    const aside = this.#temporary(dtype, length);
    emit(aside);
    const pieces = this.#pieces.get(store.buffer) ?? [];
    pieces.push({ buffer: aside, length, extents: extents.filter((_, axis) => counts[axis] === true), index: { ...store.index, strides: store.index.strides.filter((_, axis) => counts[axis] === true) } });
    this.#pieces.set(store.buffer, pieces);
    if (pieces.reduce((total, piece) => total + piece.length, 0) < whole) return aside;
    this.#pieces.delete(store.buffer);
    const version = this.#version(store.buffer);
    this.kernels.push(joinPieces(pieces, whole, dtype, version));
    written.push([store.buffer, version]);
    return aside;
  }

  /** Gives a reduction a buffer of its own, and those that it needs. */
  #materialize(body: Values, reduction: number, extents: readonly number[], reduced: readonly boolean[], replaced: Map<number, KernelValue>): void {
    this.#materializeInside(body, reduction, extents, reduced, replaced);
    const { values, result } = extract(body, reduction, replaced);
    const counts = reduced.map((flag) => !flag);
    const { dtype } = valueAt(body, reduction);
    const output = this.#temporary(dtype, sizeOf(extents.filter((_, axis) => counts[axis] === true)));
    this.kernels.push({ kind: "elements", extents, reduced, values, result, output, fused: namesOf(values) });
    replaced.set(reduction, { kind: "load", buffer: output, index: { strides: denseStrides(extents, counts), offset: 0 }, dtype });
  }

  /** Gives buffers to the reductions that a reduction's operand needs. */
  #materializeInside(body: Values, reduction: number, extents: readonly number[], reduced: readonly boolean[], replaced: Map<number, KernelValue>): void {
    const value = valueAt(body, reduction);
    if (value.kind !== "reduce") return;
    for (const inner of outerReductions(body, value.operand, replaced)) this.#materialize(body, inner, extents, reduced, replaced);
  }

  #product(kernel: MatmulKernel, written: [number, number][]): void {
    const { rows, columns, depth, extents, values, stores } = kernel;
    const counts = extents.map(() => true);
    const body = this.#body(values);
    const product = body.findIndex((value) => value.kind === "product");
    const emitProduct = (output: number): void => {
      const [a, b] = [kernel.a, kernel.b].map((operand) => ({ ...operand, buffer: this.#now(operand.buffer) }));
      if (a === undefined || b === undefined) failInternally("a product has two operands");
      this.kernels.push({ kind: "product", rows, columns, depth, a, b, output, fused: ["matmul"] });
    };
    this.#deviceDType(kernel.dtype, "the primitive matmul");
    const plain = stores.find((store) => store.value === product && this.#plan.buffers[store.buffer]?.length === rows * columns);
    const replaced = new Map<number, KernelValue>();
    const loadFrom = (buffer: number): void => {
      replaced.set(product, { kind: "load", buffer, index: { strides: denseStrides(extents, counts), offset: 0 }, dtype: "f32" });
    };
    if (plain !== undefined) this.#store(plain, counts, extents, "f32", written, (output) => { emitProduct(output); loadFrom(output); });
    else {
      const output = this.#temporary("f32", rows * columns);
      emitProduct(output);
      loadFrom(output);
    }
    for (const store of stores) {
      if (store === plain) continue;
      const { values: part, result } = extract(body, store.value, replaced);
      const dtype = part[result]?.dtype ?? "f32";
      const stored = this.#store(store, counts, extents, dtype, written, (output) => {
        const kernelOfStore: ElementKernel = { kind: "elements", extents, reduced: extents.map(() => false), values: part, result, output, fused: namesOf(part) };
        this.kernels.push(kernelOfStore);
      });
      if (stored !== undefined && part.length > 1) replaced.set(store.value, { kind: "load", buffer: stored, index: { strides: denseStrides(extents, counts), offset: 0 }, dtype });
    }
  }
}

/**
 * Turns a plan into a program for a GPU: every kernel writes one buffer, all of it, and never one that it reads.
 *
 * @param plan - The plan.
 * @param backend - The backend's name, for messages.
 * @returns The program.
 * @throws OptError `backend` for f64.
 */
export function lowerPlan(plan: Plan, backend: string): DeviceProgram {
  return new Lowering(plan, backend).lower();
}
