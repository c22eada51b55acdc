import type { ProductKernel } from "../program/device-program.ts";
import type { Dialect } from "./dialect.ts";
import type { KernelSource } from "./kernel-source.ts";
import { SourceWriter } from "./kernel-source.ts";

/** The element (row, k) of A or (k, column) of B, by position in memory. */
function position(transposed: boolean, row: string, column: string, rows: number, columns: number): string {
  return transposed ? `${column} * ${String(rows)} + ${row}` : `${row} * ${String(columns)} + ${column}`;
}

/** Four steps of k at once, where quads of the operands are quads of their buffers. */
function fourSteps({ rows, columns, depth, a, b }: ProductKernel, left: string, right: string): string {
  const lines = [`int m = (4 * t) / ${String(columns)};`, `int n = (4 * t) % ${String(columns)};`, "int j = 4 * k;"];
  lines.push(
    a.transposed
      ? `V x = V(${[0, 1, 2, 3].map((step) => `qElement${left}((j + ${String(step)}) * ${String(rows)} + m)`).join(", ")});`
      : `V x = qQuad${left}((m * ${String(depth)} + j) / 4);`,
  );
  if (b.transposed) {
    const dots = [0, 1, 2, 3].map((lane) => `dot(x, qQuad${right}(((n + ${String(lane)}) * ${String(depth)} + j) / 4))`);
    lines.push(`return sum + V(${dots.join(", ")});`);
  } else {
    const products = ["x", "y", "z", "w"].map((lane, step) => `x.${lane} * qQuad${right}(((j + ${String(step)}) * ${String(columns)} + n) / 4)`);
    lines.push(`return sum + ${products.join(" + ")};`);
  }
  return `V qStep(int t, int k, V sum) {\n  ${lines.join("\n  ")}\n}`;
}

/** One step of k, for any shape: each element of the quad has a row and a column of its own. */
function oneStep({ rows, columns, depth, a, b }: ProductKernel, left: string, right: string): string {
  const products = [0, 1, 2, 3].map((lane) => {
    const [m, n] = [`((4 * t + ${String(lane)}) / ${String(columns)})`, `((4 * t + ${String(lane)}) % ${String(columns)})`];
    return `qElement${left}(${position(a.transposed, m, "k", rows, depth)}) * qElement${right}(${position(b.transposed, "k", n, depth, columns)})`;
  });
  return `V qStep(int t, int k, V sum) {\n  return sum + V(${products.join(", ")});\n}`;
}

/**
 * Prints a matrix product: each thread computes four neighbouring elements of a row.
 *
 * @param kernel - The product.
 * @param dialect - The shading language of the functions in it.
 */
export function printProductKernel(kernel: ProductKernel, dialect: Dialect): KernelSource {
  const { rows, columns, depth, a, b } = kernel;
  const writer = new SourceWriter(dialect);
  const left = writer.input(a.buffer).toUpperCase();
  const right = writer.input(b.buffer).toUpperCase();
  const inFours = columns % 4 === 0 && depth % 4 === 0 && depth > 0;
  writer.define("V qNothing() {\n  return V(0.0);\n}");
  writer.define(inFours ? fourSteps(kernel, left, right) : oneStep(kernel, left, right));
  const body = [
    `  let sum = ${writer.call("qNothing")};`,
    `  for (let k = 0; k < ${String(inFours ? depth / 4 : depth)}; k++) {`,
    `    sum = ${writer.call("qStep", "this.thread.x", "k", "sum")};`,
    "  }",
    "  return sum;",
  ];
  return writer.finish(body, Math.ceil((rows * columns) / 4));
}
