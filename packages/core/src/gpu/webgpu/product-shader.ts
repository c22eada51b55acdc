import type { ProductKernel } from "../program/device-program.ts";

/** A matrix product as a WGSL kernel of our own, and how many workgroups it needs. */
export interface ProductShader {
  readonly code: string;
  readonly groups: readonly [across: number, rows: number];
}

/** Each thread computes so many rows of one quad of columns: every number that is loaded is used several times. */
const rowsPerThread = 4;
const workgroup = [8, 8] as const;

const lanes = ["x", "y", "z", "w"] as const;
const rowNumbers = Array.from({ length: rowsPerThread }, (_, row) => row);

/** The declarations of the buffers; `element` is what they are read as. */
function bindings({ a, b }: ProductKernel, element: string): string {
  const inputs = a.buffer === b.buffer ? ["matrixA"] : ["matrixA", "matrixB"];
  const declared = inputs.map((name, input) => `@group(0) @binding(${String(1 + input)}) var<storage, read> ${name} : array<${element}>;`);
  return [...declared, `@group(0) @binding(${String(1 + inputs.length)}) var<storage, read_write> product : array<${element}>;`].join("\n");
}

const nameOfB = ({ a, b }: ProductKernel): string => (a.buffer === b.buffer ? "matrixA" : "matrixB");

/** Four steps of k at once, on quads of the operands. */
function quadLoop(kernel: ProductKernel): string {
  const { rows, columns, depth, a, b } = kernel;
  const [down, across, deep] = [rows / 4, columns / 4, depth / 4].map((count) => String(count));
  const second = nameOfB(kernel);
  const lines: string[] = [];
  if (a.transposed) {
    lanes.forEach((_, step) => lines.push(`let c${String(step)} = matrixA[(4u * k + ${String(step)}u) * ${down ?? ""}u + m];`));
    rowNumbers.forEach((row) => lines.push(`let a${String(row)} = vec4<f32>(${lanes.map((_, step) => `c${String(step)}.${lanes[row] ?? ""}`).join(", ")});`));
  } else {
    rowNumbers.forEach((row) => lines.push(`let a${String(row)} = matrixA[(4u * m + ${String(row)}u) * ${deep ?? ""}u + k];`));
  }
  lanes.forEach((_, each) => {
    lines.push(b.transposed ? `let b${String(each)} = ${second}[(4u * n + ${String(each)}u) * ${deep ?? ""}u + k];` : `let b${String(each)} = ${second}[(4u * k + ${String(each)}u) * ${across ?? ""}u + n];`);
  });
  rowNumbers.forEach((row) => {
    const sum = b.transposed
      ? `vec4<f32>(${lanes.map((_, lane) => `dot(a${String(row)}, b${String(lane)})`).join(", ")})`
      : lanes.map((lane, step) => `a${String(row)}.${lane} * b${String(step)}`).join(" + ");
    lines.push(`sum${String(row)} += ${sum};`);
  });
  const stores = rowNumbers.map((row) => `if (4u * m + ${String(row)}u < ${String(rows)}u) { product[(4u * m + ${String(row)}u) * ${across ?? ""}u + n] = sum${String(row)}; }`);
  return `  for (var k = 0u; k < ${deep ?? ""}u; k++) {\n    ${lines.join("\n    ")}\n  }\n  ${stores.join("\n  ")}`;
}

/** One step of k, element by element, for any shape. */
function elementLoop(kernel: ProductKernel): string {
  const { rows, columns, depth, a, b } = kernel;
  const second = nameOfB(kernel);
  const elements = lanes.map((_, lane) => (b.transposed ? `${second}[(4u * n + ${String(lane)}u) * ${String(depth)}u + k]` : `${second}[k * ${String(columns)}u + 4u * n + ${String(lane)}u]`));
  const lines = [`let b = vec4<f32>(${elements.join(", ")});`];
  rowNumbers.forEach((row) => {
    const m = `(4u * m + ${String(row)}u)`;
    lines.push(`sum${String(row)} += ${a.transposed ? `matrixA[k * ${String(rows)}u + ${m}]` : `matrixA[${m} * ${String(depth)}u + k]`} * b;`);
  });
  const stores = rowNumbers.flatMap((row) =>
    lanes.map((lane, column) => `if (4u * m + ${String(row)}u < ${String(rows)}u && 4u * n + ${String(column)}u < ${String(columns)}u) { product[(4u * m + ${String(row)}u) * ${String(columns)}u + 4u * n + ${String(column)}u] = sum${String(row)}.${lane}; }`),
  );
  return `  for (var k = 0u; k < ${String(depth)}u; k++) {\n    ${lines.join("\n    ")}\n  }\n  ${stores.join("\n  ")}`;
}

/** Writes a matrix product in WGSL: tiles of 4 × 4 in registers, which a kernel with one result a thread cannot have. */
export function writeProductShader(kernel: ProductKernel): ProductShader {
  const { rows, columns, depth, a } = kernel;
  const inQuads = columns % 4 === 0 && depth % 4 === 0 && (!a.transposed || rows % 4 === 0);
  const [across, down] = [Math.ceil(columns / 4), Math.ceil(rows / rowsPerThread)];
  const sums = rowNumbers.map((row) => `  var sum${String(row)} = vec4<f32>();`).join("\n");
  const code = `${bindings(kernel, inQuads ? "vec4<f32>" : "f32")}
@compute @workgroup_size(${String(workgroup[0])}, ${String(workgroup[1])})
fn main(@builtin(global_invocation_id) id : vec3<u32>) {
  let n = id.x;
  let m = id.y;
  if (n >= ${String(across)}u || m >= ${String(down)}u) { return; }
${sums}
${inQuads ? quadLoop(kernel) : elementLoop(kernel)}
}`;
  return { code, groups: [Math.ceil(across / workgroup[0]), Math.ceil(down / workgroup[1])] };
}
