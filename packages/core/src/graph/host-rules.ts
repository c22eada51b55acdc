import type { BinaryName, HostFunction, UnaryName } from "./primitives.ts";

const truth = (value: boolean): number => (value ? 1 : 0);

/** The elementwise primitives as plain JavaScript in float64: how host scalars are computed. */
export const hostRules: Readonly<Record<UnaryName | BinaryName | "where", HostFunction>> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => Math.max(x, 0),
  abs: Math.abs,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  logicalNot: (x) => truth(x === 0),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  less: (a, b) => truth(a < b),
  lessEqual: (a, b) => truth(a <= b),
  equal: (a, b) => truth(a === b),
  logicalAnd: (a, b) => truth(a !== 0 && b !== 0),
  logicalOr: (a, b) => truth(a !== 0 || b !== 0),
  where: (condition, a, b) => (condition !== 0 ? a : b),
};
