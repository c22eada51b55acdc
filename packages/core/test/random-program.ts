import {
  abs, argMax, broadcastTo, cast, concatenate, cos, div, equal, exp, iota, key, less, lessEqual, log, log1p, logSumExp, logicalAnd, logicalNot, logicalOr, matmul, max, maximum,
  mean, min, minimum, mul, neg, notEqual, pow, randomUniform, relu, reshape, sigmoid, sign, sin, slice, sqrt, stopGradient, sub, sum, add, tanh, transpose, where,
} from "@opt/core";
import type { FloatDType, Shape, Tensor } from "@opt/core";
import type { InputSpec, Instruction, Program } from "./program.ts";
import { inputTensors } from "./program.ts";
import type { RandomSource } from "./random-source.ts";
import { randomSource } from "./random-source.ts";

const elementLimit = 1500;
const specials = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e10, 1e-40, -3e5, 0.5];
const floatUnary = { exp, log, log1p, sqrt, tanh, sigmoid, relu, sign, sin, cos };
const numericBinary = { add, sub, mul, maximum, minimum };
const comparisons = { less, lessEqual, equal, notEqual };

function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** Grows a program instruction by instruction. */
class Grower {
  readonly random: RandomSource;
  readonly floats: readonly FloatDType[];
  readonly nodes: Tensor[] = [];
  readonly instructions: Instruction[] = [];

  constructor(random: RandomSource, floats: readonly FloatDType[], inputs: readonly Tensor[]) {
    this.random = random;
    this.floats = floats;
    this.nodes.push(...inputs);
  }

  /** Adds an instruction unless it would grow too large. */
  push(text: string, build: (nodes: readonly Tensor[]) => Tensor): number | undefined {
    const node = build(this.nodes);
    if (node.size > elementLimit) return undefined;
    this.instructions.push({ text, build });
    return this.nodes.push(node) - 1;
  }

  /** The number of a node that fits, preferring late ones; undefined when there is none. */
  find(fits: (node: Tensor) => boolean): number | undefined {
    const found = this.nodes.flatMap((node, index) => (fits(node) ? [index] : []));
    if (found.length === 0) return undefined;
    return this.random.chance(0.6) ? found[this.random.integer(Math.max(0, found.length - 3), found.length - 1)] : this.random.pick(found);
  }

  grow(): void {
    const kinds: (() => void)[] = [
      () => { this.#unary(); }, () => { this.#unary(); }, () => { this.#binary(); }, () => { this.#binary(); }, () => { this.#binary(); },
      () => { this.#literal(); }, () => { this.#reduction(); }, () => { this.#reduction(); }, () => { this.#softmax(); }, () => { this.#view(); }, () => { this.#view(); },
      () => { this.#compare(); }, () => { this.#choose(); }, () => { this.#cast(); }, () => { this.#product(); }, () => { this.#product(); }, () => { this.#source(); },
      () => { this.#slice(); }, () => { this.#concatenate(); },
    ];
    this.random.pick(kinds)();
  }

  #unary(): void {
    const x = this.find((node) => node.dtype === "f32" || node.dtype === "f64");
    if (x === undefined) return;
    if (this.random.chance(0.2)) {
      const [name, apply] = this.random.pick(Object.entries({ neg, abs, stopGradient }));
      this.push(`${name} n${String(x)}`, (nodes) => apply(at(nodes, x)));
      return;
    }
    const [name, apply] = this.random.pick(Object.entries(floatUnary));
    this.push(`${name} n${String(x)}`, (nodes) => apply(at(nodes, x)));
  }

  #partner(x: number): number | undefined {
    const { dtype, shape } = at(this.nodes, x);
    return this.find((node) => node.dtype === dtype && broadcasts(node.shape, shape));
  }

  #binary(): void {
    const x = this.find((node) => node.dtype !== "bool");
    const y = x === undefined ? undefined : this.#partner(x);
    if (x === undefined || y === undefined) return;
    const isFloat = at(this.nodes, x).dtype !== "i32";
    const [name, apply] = this.random.pick(Object.entries(isFloat ? { ...numericBinary, add, mul, div, pow } : numericBinary));
    this.push(`${name} n${String(x)} n${String(y)}`, (nodes) => apply(at(nodes, x), at(nodes, y)));
  }

  #literal(): void {
    const x = this.find((node) => node.dtype !== "bool");
    if (x === undefined) return;
    const isFloat = at(this.nodes, x).dtype !== "i32";
    const value = isFloat ? this.random.pick([0, 1, -1, 0.5, 2, -0.1, 3]) : this.random.integer(-4, 4);
    const [name, apply] = this.random.pick(Object.entries(isFloat ? { ...numericBinary, div, pow } : numericBinary));
    const swapped = this.random.chance(0.3);
    this.push(`${name} ${swapped ? "swapped " : ""}n${String(x)} ${String(value)}`, (nodes) => (swapped ? apply(value, at(nodes, x)) : apply(at(nodes, x), value)));
  }

  #axes(rank: number): number[] {
    const axes = Array.from({ length: rank }, (_, axis) => axis).filter(() => this.random.chance(0.5));
    return axes.length === 0 ? Array.from({ length: rank }, (_, axis) => axis) : axes;
  }

  #reduction(): void {
    const x = this.find((node) => node.dtype !== "bool" && node.rank > 0);
    if (x === undefined) return;
    const { size, rank, dtype } = at(this.nodes, x);
    const axes = this.#axes(rank);
    const keepDims = this.random.chance(0.6);
    const [name, apply] = this.random.pick(Object.entries({ sum, ...(size > 0 ? { max, min } : {}), ...(size > 0 && dtype !== "i32" ? { mean } : {}) }));
    this.push(`${name} n${String(x)} over ${axes.join()}${keepDims ? " kept" : ""}`, (nodes) => apply(at(nodes, x), axes, { keepDims }));
  }

  #softmax(): void {
    const x = this.find((node) => (node.dtype === "f32" || node.dtype === "f64") && node.rank > 0 && node.size > 0);
    if (x === undefined) return;
    const axis = this.random.integer(0, at(this.nodes, x).rank - 1);
    const name = this.random.pick(["logSumExp", "softmax", "logSoftmax", "standardize", "argMax"]);
    this.push(`${name} n${String(x)} over ${String(axis)}`, (nodes) => {
      const node = at(nodes, x);
      const kept = { keepDims: true };
      if (name === "logSumExp") return logSumExp(node, axis);
      if (name === "argMax") return argMax(node, axis);
      if (name === "logSoftmax") return node.sub(logSumExp(node, axis, kept));
      if (name === "softmax") {
        const powers = exp(node.sub(max(node, axis, kept)));
        return powers.div(powers.sum(axis, kept));
      }
      const centered = node.sub(node.mean(axis, kept));
      return centered.div(sqrt(centered.mul(centered).mean(axis, kept).add(1e-3)));
    });
  }

  #view(): void {
    const x = this.find(() => true);
    if (x === undefined) return;
    const { shape, rank } = at(this.nodes, x);
    const kind = this.random.pick(["transpose", "reshape", "flatten", "insert", "broadcast"]);
    if (kind === "transpose") {
      const permutation = Array.from({ length: rank }, (_, axis) => ({ axis, order: this.random.uniform() })).sort((a, b) => a.order - b.order).map(({ axis }) => axis);
      this.push(`transpose n${String(x)} ${permutation.join()}`, (nodes) => transpose(at(nodes, x), permutation));
    } else if (kind === "broadcast") {
      const wide = shape.map((length) => (length === 1 && this.random.chance(0.7) ? this.random.integer(1, 7) : length));
      const target = wide.length < 4 && this.random.chance(0.5) ? [this.random.integer(1, 5), ...wide] : wide;
      this.push(`broadcast n${String(x)} [${target.join()}]`, (nodes) => broadcastTo(at(nodes, x), target));
    } else {
      const target = kind === "insert" ? this.#insertAxes(shape) : this.#refactor(sizeOf(shape), kind === "flatten" ? 1 : this.random.integer(1, 3));
      this.push(`reshape n${String(x)} [${target.join()}]`, (nodes) => reshape(at(nodes, x), target));
    }
  }

  #slice(): void {
    const x = this.find((node) => node.rank > 0);
    if (x === undefined) return;
    const { shape } = at(this.nodes, x);
    const axis = this.random.integer(0, shape.length - 1);
    const length = shape[axis] ?? 0;
    const start = this.random.integer(0, Math.max(0, length - 1));
    const end = this.random.integer(start, length);
    this.push(`slice n${String(x)} axis ${String(axis)} from ${String(start)} to ${String(end)}`, (nodes) => slice(at(nodes, x), axis, start, end));
  }

  #concatenate(): void {
    const x = this.find((node) => node.rank > 0 && node.dtype !== "bool");
    if (x === undefined) return;
    const { shape, dtype } = at(this.nodes, x);
    const axis = this.random.integer(0, shape.length - 1);
    const fitting = this.nodes.flatMap((node, index) => (node.dtype === dtype && node.rank === shape.length && node.shape.every((length, which) => which === axis || length === shape[which]) ? [index] : []));
    const parts = Array.from({ length: this.random.integer(1, 3) }, () => this.random.pick(fitting));
    this.push(`concatenate ${[x, ...parts].map((part) => `n${String(part)}`).join(" ")} along ${String(axis)}`, (nodes) => concatenate([x, ...parts].map((part) => at(nodes, part)), axis));
  }

  #insertAxes(shape: Shape): number[] {
    const long = shape.filter((length) => length !== 1);
    return long.flatMap((length) => (this.random.chance(0.4) && long.length < 4 ? [1, length] : [length]));
  }

  /** Lengths with the given product. */
  #refactor(size: number, rank: number): number[] {
    if (rank === 1) return [size];
    const divisors = Array.from({ length: Math.max(1, size) }, (_, index) => index + 1).filter((divisor) => size % divisor === 0);
    const first = this.random.pick(divisors);
    return [first, ...this.#refactor(size / first, rank - 1)];
  }

  #compare(): void {
    const bools = this.find((node) => node.dtype === "bool");
    if (bools !== undefined && this.random.chance(0.4)) {
      const other = this.#partner(bools) ?? bools;
      const [name, apply] = this.random.pick(Object.entries({ logicalAnd, logicalOr, logicalNot }));
      this.push(`${name} n${String(bools)} n${String(other)}`, (nodes) => apply(at(nodes, bools), at(nodes, other)));
      return;
    }
    const x = this.find((node) => node.dtype !== "bool");
    const y = x === undefined ? undefined : this.#partner(x);
    if (x === undefined || y === undefined) return;
    const [name, apply] = this.random.pick(Object.entries(comparisons));
    this.push(`${name} n${String(x)} n${String(y)}`, (nodes) => apply(at(nodes, x), at(nodes, y)));
  }

  #choose(): void {
    const condition = this.find((node) => node.dtype === "bool");
    if (condition === undefined) return;
    const { shape } = at(this.nodes, condition);
    const x = this.find((node) => node.dtype !== "bool" && broadcasts(node.shape, shape));
    const y = x === undefined ? undefined : this.#partner(x);
    if (x === undefined || y === undefined) return;
    const both = at(this.nodes, x).add(at(this.nodes, y)).shape;
    if (!broadcasts(both, shape)) return;
    this.push(`where n${String(condition)} n${String(x)} n${String(y)}`, (nodes) => where(at(nodes, condition), at(nodes, x), at(nodes, y)));
  }

  #cast(): void {
    const x = this.find(() => true);
    if (x === undefined) return;
    const dtype = this.random.pick([...this.floats, "i32", "bool"] as const);
    this.push(`cast n${String(x)} ${dtype}`, (nodes) => cast(at(nodes, x), dtype));
  }

  #product(): void {
    const x = this.find((node) => node.rank === 2 && node.dtype !== "bool" && node.dtype !== "i32");
    if (x === undefined) return;
    const { shape: [, depth], dtype } = at(this.nodes, x);
    const y = this.find((node) => node.rank === 2 && node.dtype === dtype && node.shape.includes(depth ?? -1));
    if (y === undefined) return;
    const flipped = at(this.nodes, y).shape[0] !== depth;
    const product = this.push(`matmul n${String(x)} n${String(y)}${flipped ? " transposed" : ""}`, (nodes) =>
      matmul(at(nodes, x), flipped ? transpose(at(nodes, y)) : at(nodes, y)),
    );
    if (product === undefined || this.random.chance(0.5)) return;
    this.push(`relu n${String(product)} with bias`, (nodes) => relu(at(nodes, product).add(0.25)));
  }

  #source(): void {
    const shape = this.random.pick(this.nodes).shape;
    if (shape.length > 0 && this.random.chance(0.5)) {
      const axis = this.random.integer(0, shape.length - 1);
      const dtype = this.random.pick([...this.floats, "i32"] as const);
      this.push(`iota [${shape.join()}] ${String(axis)} ${dtype}`, () => iota(shape, axis, { dtype }));
      return;
    }
    const dtype = this.random.pick(this.floats);
    const seed = this.random.integer(0, 1000);
    this.push(`uniform [${shape.join()}] ${dtype} key ${String(seed)}`, () => randomUniform(key(seed), shape, { dtype, minimum: -1, maximum: 2 }));
  }
}

function at(nodes: readonly Tensor[], index: number): Tensor {
  const node = nodes[index];
  if (node === undefined) throw new Error(`no node ${String(index)}`);
  return node;
}

function broadcasts(a: Shape, b: Shape): boolean {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]).every(([x, y]) => x === y || x === 1 || y === 1);
}

/**
 * Makes a random program.
 *
 * @param seed - Decides everything.
 * @param on - `gpu` for what a GPU computes: no f64, and no denormal numbers, which may count as zero there.
 */
export function randomProgram(seed: number, on: "cpu" | "gpu" = "cpu"): Program {
  const random = randomSource(seed);
  const floats = on === "cpu" ? (["f32", "f64"] as const) : (["f32"] as const);
  const lengths = Array.from({ length: 3 }, () => (random.chance(0.03) ? 0 : random.chance(0.2) ? 1 : random.integer(1, 19)));
  const main = random.pick(on === "cpu" ? (["f32", "f32", "f32", "f64", "f64", "i32"] as const) : (["f32", "f32", "f32", "i32"] as const));
  const withSpecials = random.chance(0.15);
  const special = specials.filter((value) => on === "cpu" || Math.abs(value) !== 1e-40);
  const inputs = Array.from({ length: random.integer(1, 4) }, (): InputSpec => {
    const rank = random.pick([0, 1, 2, 2, 2, 3, 4]);
    const dtype = random.chance(0.75) ? main : random.pick([...floats, "i32"] as const);
    let shape = Array.from({ length: rank }, () => (random.chance(0.15) ? 1 : random.pick(lengths)));
    while (sizeOf(shape) > elementLimit) shape = shape.slice(1);
    const number = (): number => {
      if (dtype === "i32") return withSpecials && random.chance(0.1) ? random.pick([2 ** 31 - 1, -(2 ** 31)]) : random.integer(-9, 9);
      return withSpecials && random.chance(0.1) ? random.pick(special) : Math.fround(4 * random.uniform() - 2);
    };
    return { shape, dtype, elements: Array.from({ length: sizeOf(shape) }, number) };
  });
  const empty: Program = { seed, inputs, instructions: [], outputs: [] };
  const grower = new Grower(random, floats, inputTensors(empty));
  const wanted = random.integer(2, 14);
  for (let step = 0; step < wanted; step++) grower.grow();
  const last = grower.nodes.length - 1;
  const outputs = [last];
  for (let extra = random.pick([0, 0, 1, 1, 2, 3]); extra > 0; extra--) outputs.push(random.integer(0, last));
  return { ...empty, instructions: grower.instructions, outputs };
}
