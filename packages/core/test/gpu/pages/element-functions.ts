import { abs, add, cast, compile, cos, div, equal, exp, less, lessEqual, log, log1p, logicalAnd, logicalNot, logicalOr, maximum, minimum, mul, neg, pow, relu, sigmoid, sign, sin, sqrt, sub, tanh, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { BinaryName, UnaryName } from "../../../src/graph/primitives.ts";
import { elementRules } from "../../reference-rules.ts";
import type { Group } from "./checks.ts";
import { ulpsOfGpu } from "./gpu-precision.ts";

/** Every elementwise primitive: one without an entry does not compile. */
const unary: Readonly<Record<UnaryName, (x: Tensor) => Tensor>> = { neg, exp, log, log1p, sqrt, tanh, sigmoid, relu, abs, sign, sin, cos, logicalNot };
const binary: Readonly<Record<BinaryName, (a: Tensor, b: Tensor) => Tensor>> = {
  add, sub, mul, div, pow, maximum, minimum, less, lessEqual, equal, logicalAnd, logicalOr,
};
/** Primitives of predicates, whose operands are made by comparing. */
const logical = new Set<UnaryName | BinaryName>(["logicalNot", "logicalAnd", "logicalOr"]);

/** Where functions go wrong: poles, overflow, rounding near 0 and 1, negative bases, odd and broken exponents. */
const special = [
  0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1 / 3, NaN, Infinity, -Infinity, 1e-7, -1e-7, 1e-30, -1e-30, 0.9999, 1.0001, 88.5, -87, 100, -100, 3e38, -3e38, 16777217, 2.5, -2.5, 7, -7,
].map(Math.fround);
/** Ordinary numbers, for functions of one operand. */
const grid = Array.from({ length: 400 }, (_, index) => Math.fround((index - 200) * 0.0973 * (1 + index / 100)));
const integers = [0, 1, -1, 2, -3, 7, 65535, 65536, -65536, -65537, 2 ** 24 + 1, -(2 ** 24) - 3, 2 ** 30 + 12345, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1];

/** Below this, results may count as zero. */
const smallest = 2 ** -126;

function isRight(value: number, wanted: number, ulps: number): boolean {
  if (Number.isNaN(wanted) || Number.isNaN(value)) return Number.isNaN(wanted) && Number.isNaN(value);
  if (value === wanted) return wanted !== 0 || ulps > 0 || Object.is(value, wanted) || Math.abs(wanted) < smallest;
  // The last number before infinity may be rounded to it where results are not exact.
  if (Math.abs(wanted) > 3.4e38 && ulps > 0) return Math.sign(value) === Math.sign(wanted) && Math.abs(value) > 3.39e38;
  return Math.abs(value - wanted) <= 2 ** -23 * ulps * Math.abs(wanted) + (Math.abs(wanted) < 2 * smallest ? smallest : 0);
}

function complaint(name: UnaryName | BinaryName, columns: readonly (readonly number[])[], dtype: "f32" | "i32", actual: ArrayLike<number>): string | undefined {
  const rule = elementRules[name];
  const apply = dtype === "i32" ? (rule.integer ?? rule.float) : rule.float;
  const wrong: string[] = [];
  for (let index = 0; index < actual.length; index++) {
    const operands = columns.map((column) => column[index] ?? NaN);
    const wanted = Math.fround(apply(...operands));
    const expected = dtype === "i32" ? apply(...operands) : wanted;
    if (!isRight(actual[index] ?? NaN, expected, dtype === "i32" ? 0 : ulpsOfGpu(name))) wrong.push(`${name}(${operands.join(", ")}) = ${String(actual[index])} instead of ${String(expected)}`);
  }
  return wrong.length === 0 ? undefined : `${String(wrong.length)} wrong: ${wrong.slice(0, 6).join("; ")}`;
}

/** Every elementwise primitive on every special value, in f32, in i32 where it works on that, and on predicates. */
export const elementFunctions: Group = async (backend, check) => {
  const compare = (name: UnaryName | BinaryName, columns: readonly number[][], dtype: "f32" | "i32", fn: (...operands: Tensor[]) => Tensor): Promise<void> =>
    check(`${name} of ${logical.has(name) ? "predicates" : dtype}`, async () => {
      const prepare = (x: Tensor): Tensor => (logical.has(name) ? cast(x, "bool") : x);
      const run = compile((...operands: Tensor[]) => fn(...operands.map(prepare)), { backend });
      return complaint(name, columns, dtype, await run(...columns.map((column) => tensor(column, { dtype }))).read());
    });
  const pairs = (values: readonly number[]): number[][] => [values.flatMap((a) => values.map(() => a)), values.flatMap(() => values)];
  for (const [name, fn] of Object.entries(unary) as [UnaryName, (x: Tensor) => Tensor][]) {
    await compare(name, [[...special, ...grid]], "f32", fn);
    if (elementRules[name].integer !== undefined) await compare(name, [integers], "i32", fn);
  }
  for (const [name, fn] of Object.entries(binary) as [BinaryName, (a: Tensor, b: Tensor) => Tensor][]) {
    await compare(name, pairs(special), "f32", fn);
    if (elementRules[name].integer !== undefined || name === "less" || name === "lessEqual" || name === "equal") await compare(name, pairs(integers), "i32", fn);
  }
};
