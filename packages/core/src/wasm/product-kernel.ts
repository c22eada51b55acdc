import type { KernelStore, MatmulKernel } from "../compile/kernel.ts";
import { BodyEmitter } from "./loop/body.ts";
import type { MemoryAccess } from "./loop/loop-kernel.ts";
import { storeAll } from "./loop/stores.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { emitMatmul } from "./matmul/matmul.ts";
import { laneCountOf, planMatmul } from "./matmul/plan.ts";
import type { EpilogueContext, Index, MatmulShape } from "./matmul/spec.ts";
import type { ModuleWriter } from "./module-writer.ts";
import type { FunctionReference, Local } from "./types.ts";

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

/** Bytes that partial sums need when the product is cut along its depth and no buffer of its own is there to hold them. */
function partialBytes(kernel: MatmulKernel, module: ModuleWriter): number {
  const shape = shapeOf(kernel);
  const isCut = planMatmul(shape, module.features).blockK < kernel.depth;
  return isCut && ownBuffer(kernel) === undefined ? kernel.rows * kernel.columns * (shape.dtype === "f64" ? 8 : 4) : 0;
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

/** Bytes of scratch memory that a product kernel needs. */
export function productScratchBytes(kernel: MatmulKernel, module: ModuleWriter): number {
  return planMatmul(shapeOf(kernel), module.features).scratchBytes + 64 + partialBytes(kernel, module);
}

function indexLocal(w: FunctionWriter, { base, plus }: Index): Local {
  if (plus === 0) return base;
  const local = w.local("i32");
  w.get(base);
  w.i32(plus);
  w.op("i32.add");
  w.set(local);
  return local;
}

/**
 * Adds a matrix product with all that is fused into its store.
 *
 * @param module - The module under construction.
 * @param kernel - The kernel.
 * @param memory - Where buffers and host arguments are.
 * @param scratch - Address of `productScratchBytes` bytes.
 * @returns A function without parameters.
 */
export function emitProductKernel(module: ModuleWriter, kernel: MatmulKernel, memory: MemoryAccess, scratch: number): FunctionReference {
  const shape = shapeOf(kernel);
  const lanes = laneCountOf(shape.dtype);
  let body: BodyEmitter | undefined;
  const epilogue = (w: FunctionWriter, context: EpilogueContext): undefined => {
    body ??= new BodyEmitter(w, { ...memory, values: kernel.values, axes: 2, reducedMask: 0, lanes });
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
  const multiply = emitMatmul(module, plain ? shape : { ...shape, epilogue });
  return module.addFunction(undefined, { parameters: [], results: [] }, (w) => {
    const own = ownBuffer(kernel);
    memory.pushBuffer(w, kernel.a.buffer);
    memory.pushBuffer(w, kernel.b.buffer);
    if (own === undefined) w.i32(scratch + productScratchBytes(kernel, module) - partialBytes(kernel, module));
    else memory.pushBuffer(w, own);
    w.i32(scratch);
    w.call(multiply);
  });
}
