import type { Kernel, KernelValue } from "../compile/kernel.ts";
import { existing } from "../errors.ts";
import { exactText } from "../tensor/exact-text.ts";
import { Numbering } from "../compile/numbering.ts";
import type { Plan } from "../compile/plan.ts";
import type { BufferFormat } from "./loop/loop-plan.ts";

/** A kernel whose buffers are numbered in the order of their first use: a function of where they are. */
export interface DistinctKernel {
  readonly kernel: Kernel;
  readonly formats: readonly BufferFormat[];
}

/** One kernel of a plan: which of the distinct ones it is, and on which buffers of the plan it works. */
export interface KernelCall {
  readonly kernel: DistinctKernel;
  readonly buffers: readonly number[];
}

function renumber(kernel: Kernel, numbers: Numbering<number>): Kernel {
  const operands = kernel.kind === "matmul" ? { a: { ...kernel.a, buffer: numbers.of(kernel.a.buffer) }, b: { ...kernel.b, buffer: numbers.of(kernel.b.buffer) } } : {};
  const values = kernel.values.map((value): KernelValue => (value.kind === "load" ? { ...value, buffer: numbers.of(value.buffer) } : value));
  const stores = kernel.stores.map((store) => ({ ...store, buffer: numbers.of(store.buffer) }));
  return { ...kernel, ...operands, values, stores };
}

/** A text that is equal for equal kernels. JSON has no NaN, no infinities and no −0, which only constants can be. */
function textOf({ kernel, formats }: DistinctKernel): string {
  const values = kernel.values.map((value) => (value.kind === "constant" ? { ...value, value: exactText(value.value) } : value));
  return JSON.stringify([{ ...kernel, values, fused: [] }, formats]);
}

/**
 * Finds the kernels of a plan that differ in more than the places of their buffers. Fifty equal layers are one function called
 * fifty times: less code to write, and above all less for the engine to optimize before it runs at full speed.
 *
 * @param plan - The plan.
 * @returns For each of its kernels, in order, the distinct kernel and its buffers.
 */
export function distinctKernels(plan: Plan): KernelCall[] {
  const known = new Map<string, DistinctKernel>();
  return plan.kernels.map((original) => {
    const numbers = new Numbering<number>();
    const kernel = renumber(original, numbers);
    const formats = numbers.items.map((buffer): BufferFormat => {
      const { dtype, length } = existing(plan.buffers[buffer], "buffer");
      return { dtype, length };
    });
    const candidate = { kernel, formats };
    const text = textOf(candidate);
    const distinct = known.get(text) ?? candidate;
    known.set(text, distinct);
    return { kernel: distinct, buffers: numbers.items };
  });
}
