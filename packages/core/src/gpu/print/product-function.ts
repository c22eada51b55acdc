import type { ProductKernel } from "../program/device-program.ts";
import type { SourceWriter } from "./kernel-source.ts";
import { quadsOf } from "./kernel-source.ts";

/** Four steps of k at once, where quads of the operands are quads of their buffers. */
function fourSteps({ rows, columns, depth, a, b }: ProductKernel, left: string, right: string, quad: string): string {
  const [across, deep] = [columns / 4, depth / 4];
  const x = a.transposed
    ? `V(${[0, 1, 2, 3].map((step) => `qElement${left}((4 * k + ${String(step)}) * ${String(rows)} + m)`).join(", ")})`
    : `qQuad${left}(m * ${String(deep)} + k)`;
  const products = b.transposed
    ? `V(${[0, 1, 2, 3].map((lane) => `dot(x, qQuad${right}((n + ${String(lane)}) * ${String(deep)} + k))`).join(", ")})`
    : ["x", "y", "z", "w"].map((lane, step) => `x.${lane} * qQuad${right}((4 * k + ${String(step)}) * ${String(across)} + n / 4)`).join(" + ");
  return `V qProduct(int t) {
  int m = ${quad} / ${String(across)};
  int n = 4 * (${quad} % ${String(across)});
  V sum = V(0.0);
  for (int k = 0; k < ${String(deep)}; k++) {
    V x = ${x};
    sum = sum + ${products};
  }
  return sum;
}`;
}

/** One step of k, for any shape: each element of the quad has a row and a column of its own. */
function oneStep({ rows, columns, depth, a, b }: ProductKernel, left: string, right: string, quad: string): string {
  const lanes = ["0", "1", "2", "3"];
  const places = lanes.flatMap((lane) => [`int m${lane} = (4 * ${quad} + ${lane}) / ${String(columns)};`, `int n${lane} = (4 * ${quad} + ${lane}) % ${String(columns)};`]);
  const of = (side: string, at: (lane: string) => string): string => `V(${lanes.map((lane) => `qElement${side}(${at(lane)})`).join(", ")})`;
  const x = of(left, (lane) => (a.transposed ? `k * ${String(rows)} + m${lane}` : `m${lane} * ${String(depth)} + k`));
  const y = of(right, (lane) => (b.transposed ? `n${lane} * ${String(depth)} + k` : `k * ${String(columns)} + n${lane}`));
  return `V qProduct(int t) {
  ${places.join("\n  ")}
  V sum = V(0.0);
  for (int k = 0; k < ${String(depth)}; k++) {
    sum = sum + ${x} * ${y};
  }
  return sum;
}`;
}

/**
 * Calls the function that computes the thread's quad of a product: four neighbouring elements of a row.
 *
 * @param kernel - The product.
 * @param writer - What it is written into.
 * @param isInteger - Whether the kernel makes integers or predicates of it: then two threads, one for each half, need the same quad.
 */
export function callProduct(kernel: ProductKernel, writer: SourceWriter, isInteger: boolean): string {
  const { rows, columns, depth, a, b } = kernel;
  const left = writer.input(a.buffer, quadsOf(rows * depth, "f32")).toUpperCase();
  const right = writer.input(b.buffer, quadsOf(depth * columns, "f32")).toUpperCase();
  const inFours = columns % 4 === 0 && depth % 4 === 0 && depth > 0;
  const quad = isInteger ? `(t % ${String(quadsOf(rows * columns, "f32"))})` : "t";
  writer.define(inFours ? fourSteps(kernel, left, right, quad) : oneStep(kernel, left, right, quad));
  return writer.call("qProduct", writer.thread);
}
