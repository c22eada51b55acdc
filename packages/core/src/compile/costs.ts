import type { PrimitiveName } from "../graph/primitives.ts";

/** What computing a value costs, in additions; primitives that are not listed cost one. */
export const functionCosts: Readonly<Partial<Record<PrimitiveName, number>>> = {
  exp: 12, log: 16, log1p: 24, tanh: 12, sigmoid: 16, sin: 24, cos: 24, pow: 60, random: 60, div: 4, sqrt: 4,
};
