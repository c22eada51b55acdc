import type { Tensor } from "@opt/core";
import { literalValue } from "../../../src/ops/operands.ts";
import type { UlpsOf } from "../../reference.ts";

/** How many factors of a product are literals, seen through views. */
function literalFactors(tensor: Tensor): number {
  if (literalValue(tensor) !== undefined) return 1;
  const { name } = tensor.operation;
  const isProduct = name === "mul" || name === "neg" || name === "reshape" || name === "transpose" || name === "broadcast";
  return isProduct ? tensor.inputs.reduce((total, input) => total + literalFactors(input), 0) : 0;
}

/**
 * How exact the GPU's functions are, in units in the last place. Shading languages promise less than processors do: division is
 * within 2.5 units, and the root is made from it. Powers are made from exp and log, whose errors grow with the exponent: they
 * reach the promised 1e-5 at the largest numbers.
 */
export const ulpsOfGpu: UlpsOf = (name, tensor) => {
  switch (name) {
    case "pow":
      return 84;
    case "div":
    case "sqrt":
      return 3;
    case "exp":
    case "log":
    case "log1p":
    case "tanh":
    case "sigmoid":
    case "sin":
    case "cos":
      return 4;
    case "mul":
      // x · a · b with two literals may become x · (a · b): WGSL lets compilers choose the order of products.
      return tensor !== undefined && literalFactors(tensor) > 1 ? 1 : 0;
    default:
      return 0;
  }
};
