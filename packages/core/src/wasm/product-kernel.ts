import type { KernelStore, MatmulKernel } from "../compile/kernel.ts";
import { BodyEmitter } from "./loop/body.ts";
import type { MemoryAccess } from "./loop/loop-kernel.ts";
import { storeAll } from "./loop/stores.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { emitMatmul } from "./matmul/matmul.ts";
import type { MatmulPlan } from "./matmul/plan.ts";
import { elementBytesOf, laneCountOf, planMatmul } from "./matmul/plan.ts";
import type { ProductStep } from "./matmul/parts.ts";
import { splitProduct } from "./matmul/parts.ts";
import type { EpilogueContext, Index, MatmulShape, ProductPart } from "./matmul/spec.ts";
import type { KernelParameter } from "./program.ts";
import type { ModuleWriter } from "./module-writer.ts";
import type { FunctionIndex, Local } from "./types.ts";

/** The product's shape as the generator wants it. */
function shapeOf(kernel: MatmulKernel): MatmulShape {
  return {
    dtype: kernel.dtype === "f64" ? "f64" : "f32",
    m: kernel.rows,
    n: kernel.columns,
    k: kernel.depth,
    transposeA: kernel.a.transposed,
    transposeB: kernel.b.transposed,
  };
}

/** Whether a store is of the bare product, row by row from the buffer's start; a piece of a concatenation may not be. */
function isPlainStore(kernel: MatmulKernel, { value, index }: KernelStore): boolean {
  const [rowStride, columnStride] = index.strides;
  const isDense = (kernel.rows === 1 || rowStride === kernel.columns) && (kernel.columns === 1 || columnStride === 1);
  return kernel.values[value]?.kind === "product" && index.offset === 0 && isDense;
}

/** The buffer in which the bare product is stored, if it is. */
function ownBuffer(kernel: MatmulKernel): number | undefined {
  return kernel.stores.find((store) => isPlainStore(kernel, store))?.buffer;
}

/** All that is decided about a product kernel before its code is written. */
export interface ProductPlan {
  readonly kernel: MatmulKernel;
  readonly shape: MatmulShape;
  readonly plan: MatmulPlan;
  readonly scratchBytes: number;
  /** What the product itself works on: A, B, C, the packed A and the packed B. */
  readonly operands: readonly KernelParameter[];
  /** How threads may share it. */
  readonly steps: readonly ProductStep[];
}

/** Plans a product kernel for so many threads. */
export function planProduct(kernel: MatmulKernel, threads: number): ProductPlan {
  const shape = shapeOf(kernel);
  const plan = planMatmul(shape);
  const own = ownBuffer(kernel);
  // Partial sums need a place when the product is cut along its depth and no buffer of its own is there to hold them.
  const partialBytes = plan.blockK < kernel.depth && own === undefined ? kernel.rows * kernel.columns * elementBytesOf(shape.dtype) : 0;
  const ownScratch = plan.scratchBytes + 64;
  const c = own === undefined ? { scratch: ownScratch } : { buffer: own };
  const steps = splitProduct(shape, plan, threads);
  const packedB = { scratch: plan.packedB, common: steps.length > 1 };
  return {
    kernel, shape, plan,
    scratchBytes: ownScratch + partialBytes,
    operands: [{ buffer: kernel.a.buffer }, { buffer: kernel.b.buffer }, c, { scratch: 0 }, packedB],
    steps,
  };
}

function indexLocal(w: FunctionWriter, { base, plus }: Index): Local {
  if (plus === 0) return base;
  w.op("i32.add", base, plus);
  return w.keep("i32");
}

/**
 * Adds a matrix product with all that is fused into its store.
 *
 * @param module - The module under construction.
 * @param product - The kernel and its plan.
 * @param bufferCount - How many buffers the kernel has.
 * @param memory - Where host arguments are, and the buffers' element types.
 * @param part - What a call does, if not all.
 * @returns A function of the addresses of `product.operands` and of all the kernel's buffers; then of the part's bounds.
 */
export function emitProductKernel(
  module: ModuleWriter,
  product: ProductPlan,
  bufferCount: number,
  memory: Omit<MemoryAccess, "addresses" | "scratch">,
  part: ProductPart | undefined,
): FunctionIndex {
  const { kernel, shape, plan } = product;
  const lanes = laneCountOf(shape.dtype);
  let body: BodyEmitter | undefined;
  const epilogue = (w: FunctionWriter, context: EpilogueContext): void => {
    // Each size of tile may be a function of its own.
    if (body?.w !== w) body = new BodyEmitter(w, { ...memory, scratch: undefined, addresses: context.parameters, values: kernel.values, axes: 2, reducedMask: 0, lanes });
    const emitter = body;
    const unit = { vector: 0, active: context.laneCount };
    emitter.scoped(() => {
      emitter.setCounter(0, indexLocal(w, context.row));
      emitter.setCounter(1, indexLocal(w, context.column));
      kernel.values.forEach((value, id) => {
        if (value.kind === "product") emitter.define(id, context.value, unit);
      });
      storeAll(emitter, kernel.stores, unit);
    });
  };
  const plain = kernel.stores.length === 1 && ownBuffer(kernel) !== undefined;
  const extraParameters = Array.from({ length: bufferCount }, () => "i32" as const);
  return emitMatmul(module, { ...shape, extraParameters, ...(plain ? {} : { epilogue }), ...(part && { part }) }, plan);
}
