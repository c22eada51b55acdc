import type { ProductKernel } from "../program/device-program.ts";
import { quadsOf } from "../print/kernel-source.ts";
import { fetchQuad, textureSize } from "../print/texture-layout.ts";

/** A matrix product as two programs: tiles of four rows into the layers of an array texture, and these rows in order. */
export interface ProductShaders {
  readonly tiles: string;
  readonly rows: string;
}

/** The size of each layer: quads of columns by groups of four rows. */
export function layerSize({ rows, columns }: ProductKernel): readonly [width: number, height: number] {
  return [Math.ceil(columns / 4), Math.ceil(rows / 4)];
}

const header = "#version 300 es\nprecision highp float;\nprecision highp int;\nprecision highp sampler2D;\nprecision highp sampler2DArray;\n";
const each = [0, 1, 2, 3] as const;
const lanes = ["x", "y", "z", "w"] as const;

/** Covers the viewport with one triangle. */
export const vertexShader = "#version 300 es\nvoid main() {\n  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);\n}";

/** How a quad and an element of a matrix are read. */
function accessors(name: string, sampler: string, quads: number): string {
  return `vec4 quad${name}(int q) {
  return ${fetchQuad(sampler, "q", quads)};
}
float element${name}(int i) {
  return quad${name}(i >> 2)[i & 3];
}`;
}

const vector = (elements: readonly string[]): string => `vec4(${elements.join(", ")})`;

/** The statements of one round of the loop over k. */
function round({ rows, columns, depth, a, b }: ProductKernel, inFours: boolean): string[] {
  const n = (lane: number): string => `(4 * n + ${String(lane)})`;
  const m = (row: number): string => `(4 * m + ${String(row)})`;
  if (!inFours) {
    return [
      `vec4 b = ${vector(each.map((lane) => (b.transposed ? `elementB(${n(lane)} * ${String(depth)} + k)` : `elementB(k * ${String(columns)} + ${n(lane)})`)))};`,
      ...each.map((row) => `sum${String(row)} += ${a.transposed ? `elementA(k * ${String(rows)} + ${m(row)})` : `elementA(${m(row)} * ${String(depth)} + k)`} * b;`),
    ];
  }
  const deep = String(depth / 4);
  const step = (j: number): string => `(4 * k + ${String(j)})`;
  const lines: string[] = [];
  if (a.transposed) {
    for (const j of each) lines.push(`vec4 c${String(j)} = ${rows % 4 === 0 ? `quadA(${step(j)} * ${String(rows / 4)} + m)` : vector(each.map((row) => `elementA(${step(j)} * ${String(rows)} + ${m(row)})`))};`);
    for (const row of each) lines.push(`vec4 a${String(row)} = ${vector(each.map((j) => `c${String(j)}.${lanes[row]}`))};`);
  } else {
    for (const row of each) lines.push(`vec4 a${String(row)} = quadA(${m(row)} * ${deep} + k);`);
  }
  if (b.transposed) {
    for (const lane of each) lines.push(`vec4 b${String(lane)} = quadB(${n(lane)} * ${deep} + k);`);
    for (const row of each) lines.push(`sum${String(row)} += ${vector(each.map((lane) => `dot(a${String(row)}, b${String(lane)})`))};`);
    return lines;
  }
  for (const j of each) lines.push(`vec4 b${String(j)} = ${columns % 4 === 0 ? `quadB(${step(j)} * ${String(columns / 4)} + n)` : vector(each.map((lane) => `elementB(${step(j)} * ${String(columns)} + ${n(lane)})`))};`);
  for (const row of each) lines.push(`sum${String(row)} += ${lanes.map((lane, j) => `a${String(row)}.${lane} * b${String(j)}`).join(" + ")};`);
  return lines;
}

function writeTiles(kernel: ProductKernel): string {
  const { rows, columns, depth, a, b } = kernel;
  const inFours = depth % 4 === 0;
  const second = a.buffer === b.buffer ? "matrixA" : "matrixB";
  return `${header}
uniform sampler2D matrixA;
${second === "matrixB" ? "uniform sampler2D matrixB;" : ""}
${each.map((row) => `layout(location = ${String(row)}) out vec4 row${String(row)};`).join("\n")}
${accessors("A", "matrixA", quadsOf(rows * depth, "f32"))}
${accessors("B", second, quadsOf(depth * columns, "f32"))}
void main() {
  int n = int(gl_FragCoord.x);
  int m = int(gl_FragCoord.y);
${each.map((row) => `  vec4 sum${String(row)} = vec4(0.0);`).join("\n")}
  for (int k = 0; k < ${String(inFours ? depth / 4 : depth)}; k++) {
    ${round(kernel, inFours).join("\n    ")}
  }
${each.map((row) => `  row${String(row)} = sum${String(row)};`).join("\n")}
}`;
}

function writeRows({ rows, columns }: ProductKernel): string {
  const [width] = textureSize(quadsOf(rows * columns, "f32"));
  const element = (lane: number): string => {
    const at = `(4 * q + ${String(lane)})`;
    return `element(${at} / ${String(columns)}, ${at} % ${String(columns)})`;
  };
  const value = columns % 4 === 0 ? `quad(q / ${String(columns / 4)}, q % ${String(columns / 4)})` : vector(each.map(element));
  return `${header}
uniform sampler2DArray tiles;
out vec4 result;
vec4 quad(int m, int n) {
  return texelFetch(tiles, ivec3(n, m >> 2, m & 3), 0);
}
float element(int m, int column) {
  return quad(m, column >> 2)[column & 3];
}
void main() {
  int q = int(gl_FragCoord.y) * ${String(width)} + int(gl_FragCoord.x);
  result = ${value};
}`;
}

/**
 * Writes a matrix product in GLSL. A thread that may write only one quad loads almost as much as it computes; these compute
 * four rows at once and write them into four layers.
 */
export function writeProductShaders(kernel: ProductKernel): ProductShaders {
  return { tiles: writeTiles(kernel), rows: writeRows(kernel) };
}
