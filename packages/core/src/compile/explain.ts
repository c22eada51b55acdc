import { itemSize } from "../tensor/dtype.ts";
import { showShape } from "../tensor/shape.ts";
import { compiledTraces } from "./compile.ts";
import type { Kernel, KernelValue } from "./kernel.ts";
import type { Plan } from "./plan.ts";
import type { Trace } from "./trace.ts";

function bufferName(plan: Plan, buffer: number): string {
  const place = plan.buffers[buffer]?.place;
  if (place === undefined) return "?";
  if (place.kind === "temporary") return `t${String(buffer)}`;
  if (place.kind === "output") return `result${String(place.output)}`;
  return plan.inputs[place.input]?.argument?.label ?? `constant${String(place.input)}`;
}

/** Counts repeated names: `add ×3, exp`. */
function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${String(count)}`)).join(", ");
}

function readBuffers(values: readonly KernelValue[]): number[] {
  return [...new Set(values.flatMap((value) => (value.kind === "load" ? [value.buffer] : [])))];
}

function showLoops(kernel: Kernel): string {
  if (kernel.kind === "matmul") {
    const transposed = (flag: boolean): string => (flag ? "ᵀ" : "");
    return `matmul ${kernel.dtype} [${String(kernel.rows)}, ${String(kernel.depth)}] · [${String(kernel.depth)}, ${String(kernel.columns)}] as A${transposed(kernel.a.transposed)}·B${transposed(kernel.b.transposed)}`;
  }
  const extents = kernel.extents.map((extent, axis) => (kernel.reduced[axis] === true ? `Σ${String(extent)}` : String(extent)));
  return `loop [${extents.join(", ")}]`;
}

function showKernel(plan: Plan, kernel: Kernel, number: number): string {
  const operands = kernel.kind === "matmul" ? [kernel.a.buffer, kernel.b.buffer] : [];
  const reads = [...operands, ...readBuffers(kernel.values)].map((buffer) => bufferName(plan, buffer));
  const writes = kernel.stores.map((store) => bufferName(plan, store.buffer));
  return [
    `  ${String(number + 1)}. ${showLoops(kernel)}`,
    `     fused: ${tally(kernel.fused)}`,
    `     reads ${reads.length === 0 ? "nothing" : [...new Set(reads)].join(", ")}; writes ${writes.join(", ")}`,
  ].join("\n");
}

function showTrace(trace: Trace): string {
  const { plan } = trace;
  const tensors = trace.leaves.filter((leaf) => leaf.kind === "tensor");
  const inputBytes = plan.inputs.reduce((total, input) => total + input.length * itemSize[input.dtype], 0);
  const [summary = "", ...more] = trace.executable.describe();
  const updated = trace.donated.filter(Boolean).length;
  return [
    `arguments: ${tensors.map((leaf) => `${leaf.dtype}${showShape(leaf.shape)}`).join(", ") || "none"}`,
    `${String(plan.kernels.length)} kernels; ${String(inputBytes)} bytes in, ${String(plan.temporaryBytes)} bytes of temporaries, ` +
      `${String(updated)} arguments updated in place; ${String(plan.host.steps.length)} host calls; ${summary}`,
    ...more,
    ...plan.kernels.map((kernel, number) => showKernel(plan, kernel, number)),
  ].join("\n");
}

/**
 * Describes what a compiled function became: for each signature that it was called with, its kernels, what was fused into
 * each, and what they read and write.
 *
 * @param compiled - What `compile` returned.
 * @returns Text for people.
 * @throws OptError `trace` for a function that was not compiled.
 *
 * @example
 * ```ts
 * import { compile, explain, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const f = compile((x: Tensor) => x.mul(2).add(1).sum());
 * f(tensor([1, 2, 3]));
 * console.log(explain(f));
 * ```
 */
export function explain(compiled: (...args: never[]) => unknown): string {
  const traces = compiledTraces(compiled);
  if (traces.length === 0) return "Not traced yet: call the compiled function once, then explain it.";
  return traces.map(showTrace).join("\n\n");
}
