import type { BinaryName, UnaryName } from "../src/graph/primitives.ts";

/** Elementwise primitives as plain JavaScript: floating-point in float64, and i32 where it differs. */
interface ElementRule {
  readonly float: (...operands: number[]) => number;
  readonly integer?: (...operands: number[]) => number;
  /** How far f32 and f64 results may be from the correctly rounded one, in units in the last place. 0: none. */
  readonly ulps: number;
}

const truth = (value: boolean): number => (value ? 1 : 0);
const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/** What each elementwise primitive computes. */
export const elementRules: Readonly<Record<UnaryName | BinaryName, ElementRule>> = {
  neg: { float: (x = 0) => -x, integer: (x = 0) => -x | 0, ulps: 0 },
  exp: { float: Math.exp, ulps: 2 },
  log: { float: Math.log, ulps: 2 },
  log1p: { float: Math.log1p, ulps: 2 },
  sqrt: { float: Math.sqrt, ulps: 0 },
  tanh: { float: Math.tanh, ulps: 2 },
  sigmoid: { float: (x = 0) => sigmoid(x), ulps: 3 },
  relu: { float: (x = 0) => (x < 0 ? 0 : x), ulps: 0 },
  abs: { float: Math.abs, integer: (x = 0) => Math.abs(x) | 0, ulps: 0 },
  sign: { float: Math.sign, ulps: 0 },
  sin: { float: Math.sin, ulps: 2 },
  cos: { float: Math.cos, ulps: 2 },
  logicalNot: { float: (x) => truth(x === 0), ulps: 0 },
  add: { float: (a = 0, b = 0) => a + b, integer: (a = 0, b = 0) => (a + b) | 0, ulps: 0 },
  sub: { float: (a = 0, b = 0) => a - b, integer: (a = 0, b = 0) => (a - b) | 0, ulps: 0 },
  mul: { float: (a = 0, b = 0) => a * b, integer: (a = 0, b = 0) => Math.imul(a, b), ulps: 0 },
  div: { float: (a = 0, b = 0) => a / b, ulps: 0 },
  pow: { float: Math.pow, ulps: 4 },
  maximum: { float: Math.max, ulps: 0 },
  minimum: { float: Math.min, ulps: 0 },
  less: { float: (a = 0, b = 0) => truth(a < b), ulps: 0 },
  lessEqual: { float: (a = 0, b = 0) => truth(a <= b), ulps: 0 },
  equal: { float: (a = 0, b = 0) => truth(a === b), ulps: 0 },
  logicalAnd: { float: (a, b) => truth(a !== 0 && b !== 0), ulps: 0 },
  logicalOr: { float: (a, b) => truth(a !== 0 || b !== 0), ulps: 0 },
};

/** All combinations of each operand moved down or up by its error. */
function corners(operands: readonly number[], errors: readonly number[]): number[][] {
  let points: number[][] = [[]];
  operands.forEach((operand, index) => {
    const error = errors[index] ?? 0;
    const places = error === 0 ? [operand] : [operand - error, operand + error];
    points = points.flatMap((point) => places.map((place) => [...point, place]));
  });
  return points;
}

/** Whether an operand's sign is in doubt: near a pole or a jump of the function. */
function straddlesZero(operand: number, error: number): boolean {
  return error > 0 && Math.abs(operand) <= error;
}

/**
 * How far a function's value may be off when its operands are off by `errors`; `Infinity` when it cannot be said.
 *
 * @param name - The primitive.
 * @param apply - The function in the operands' arithmetic.
 * @param operands - The computed operands.
 * @param errors - Bounds of their errors.
 * @returns A bound of the error of `apply(...operands)`.
 */
export function spread(name: string, apply: (...operands: number[]) => number, operands: readonly number[], errors: readonly number[]): number {
  if (errors.every((error) => error === 0)) return 0;
  if (errors.includes(Infinity)) return Infinity;
  const center = apply(...operands);
  const poles = name === "div" ? [1] : name === "pow" ? [0] : [];
  if (poles.some((index) => straddlesZero(operands[index] ?? 0, errors[index] ?? 0))) return Infinity;
  if (name === "equal" && Math.abs((operands[0] ?? 0) - (operands[1] ?? 0)) <= (errors[0] ?? 0) + (errors[1] ?? 0)) return Infinity;
  // A negative number has powers at whole exponents only.
  if (name === "pow" && (operands[0] ?? 0) < 0 && (errors[1] ?? 0) > 0) return Infinity;
  let widest = name === "sin" || name === "cos" ? (errors[0] ?? 0) : 0;
  for (const corner of corners(operands, errors)) {
    const value = apply(...corner);
    if (Object.is(value, center)) continue;
    const distance = Math.abs(value - center);
    if (!Number.isFinite(distance)) return Infinity;
    widest = Math.max(widest, distance);
  }
  return widest;
}
