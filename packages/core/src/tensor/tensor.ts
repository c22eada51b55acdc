/// <reference lib="esnext.disposable" preserve="true" />

import { fail } from "../errors.ts";
import { readAsync, readNow } from "../compile/realize.ts";
import type { Operation } from "../graph/primitives.ts";
import { isHost } from "../graph/primitives.ts";
import { add, div, mul, neg, pow, sub } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { reshape, transpose } from "../ops/movement.ts";
import { mean, sum } from "../ops/reductions.ts";
import type { DType, TypedArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import { showShape, sizeOf } from "./shape.ts";
import type { Storage } from "./storage.ts";

/** A tensor, or a number that takes the dtype of the tensor it meets. */
export type TensorLike = Tensor | number;

/** A host scalar: a plain number or, while a function is traced, a rank-0 tensor that stands for one. */
export type Scalar = number | Tensor;

/** Options of the reductions. */
export interface ReduceOptions {
  /** Keep the reduced axes with length 1. Default false. */
  readonly keepDims?: boolean;
}

let nextId = 1;

/** The operation and the operands of a tensor whose elements are there already. */
export const dataOperation: Operation = { name: "data" };
export const noInputs: readonly Tensor[] = [];

/** In place of {@link dataOperation} once the elements were given away. */
export const donatedOperation: Operation = { name: "data" };

/** A function and not a private method, which would cost every tensor that is made a mark of its class. */
function retire(tensor: Tensor, operation: Operation): void {
  tensor.storage = undefined;
  // What it was computed from is forgotten too, or a long loop would keep all of its past.
  tensor.operation = operation;
  tensor.inputs = noInputs;
}

/**
 * An immutable, lazy, n-dimensional array: a node of the graph that operations build. Nothing is computed until a value is
 * read or a compiled function runs. Tensors are made by {@link tensor}, {@link zeros} and their like and by operations.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 *
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(x.mul(2).sum().item()); // 20
 * ```
 */
export class Tensor {
  /** Grows with every tensor made, so operands always have smaller ids than results. */
  readonly id: number = nextId++;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The primitive that makes the value. @internal */
  operation: Operation;
  /** The primitive's operands. @internal */
  inputs: readonly Tensor[];
  /** The elements, once they are computed. @internal */
  storage: Storage | undefined;
  /** The path of the parameter or argument that this is, for messages. @internal */
  readonly label: string | undefined;
  /** The mark of the last walk over a graph that visited this, and its number there. @internal */
  walk = 0;
  walkNumber = 0;

  /** @internal */
  constructor(operation: Operation, inputs: readonly Tensor[], shape: Shape, dtype: DType, storage?: Storage, label?: string) {
    this.operation = operation;
    this.inputs = inputs;
    this.shape = shape;
    this.dtype = dtype;
    this.storage = storage;
    this.label = label;
  }

  /** Whether this stands for a number that JavaScript computes before the kernels start. @internal */
  get onHost(): boolean {
    return this.dtype === "f64" && isHost(this.operation);
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** `this + other`, elementwise with broadcasting. */
  add(other: TensorLike): Tensor {
    return add(this, other);
  }

  /** `this − other`, elementwise with broadcasting. */
  sub(other: TensorLike): Tensor {
    return sub(this, other);
  }

  /** `this · other`, elementwise with broadcasting. */
  mul(other: TensorLike): Tensor {
    return mul(this, other);
  }

  /** `this / other`, elementwise with broadcasting; floating-point tensors only. */
  div(other: TensorLike): Tensor {
    return div(this, other);
  }

  /** `−this`, elementwise. */
  neg(): Tensor {
    return neg(this);
  }

  /** `this ^ exponent`, elementwise with broadcasting. */
  pow(exponent: TensorLike): Tensor {
    return pow(this, exponent);
  }

  /** The matrix product of [m, k] and [k, n]. */
  matmul(other: Tensor): Tensor {
    return matmul(this, other);
  }

  /** The sums over one axis or several; default all. */
  sum(axes?: number | readonly number[], options?: ReduceOptions): Tensor {
    return sum(this, axes, options);
  }

  /** The means over one axis or several; default all. */
  mean(axes?: number | readonly number[], options?: ReduceOptions): Tensor {
    return mean(this, axes, options);
  }

  /** The same elements in another shape; one length may be −1. */
  reshape(shape: Shape): Tensor {
    return reshape(this, shape);
  }

  /** The axes in another order; default reversed. */
  transpose(permutation?: readonly number[]): Tensor {
    return transpose(this, permutation);
  }

  /**
   * Computes what is needed and copies the elements out, row by row.
   *
   * @returns A fresh typed array: `Float32Array`, `Float64Array` or `Int32Array` by dtype.
   * @throws OptError `trace` inside a traced function; `donated` or `disposed` when the elements are gone.
   */
  read(): Promise<TypedArray> {
    return readAsync(this);
  }

  /** As {@link Tensor.read}, synchronously: on the CPU backend only. */
  readSync(): TypedArray {
    return readNow(this);
  }

  /** The value of a one-element tensor as a number, on the CPU backend. */
  item(): number {
    if (this.size !== 1) fail("shape", `item(): needs one element; got shape ${showShape(this.shape)}. Use readSync().`);
    return this.readSync()[0] ?? Number.NaN;
  }

  /** Gives the elements' memory back now instead of when the garbage collector comes; at once only if no other tensor has them. */
  dispose(): void {
    if (this.storage?.shared === false) {
      this.storage.buffer?.release();
      this.storage.remote?.release();
    }
    retire(this, dataOperation);
  }

  /** Forgets the elements, which a compiled function has taken over. @internal */
  giveAway(): void {
    retire(this, donatedOperation);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** A traced number is not known yet, so plain arithmetic on it would silently give NaN. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    return fail("trace", `${this.toString()} is not a plain number: use tensor operations, item(), or scalar(fn, …) for host scalars in a traced function.`);
  }

  toString(): string {
    const name = this.label === undefined ? "" : `${this.label}: `;
    return `Tensor(${name}${this.dtype}${showShape(this.shape)})`;
  }
}
