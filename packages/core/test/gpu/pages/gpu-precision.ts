import type { UlpsOf } from "../../reference.ts";

/**
 * How exact the GPU's functions are, in units in the last place. Shading languages promise less than processors do: division is
 * within 2.5 units, and the root is made from it. Powers are made from exp and log, whose errors grow with the exponent: they
 * reach the promised 1e-5 at the largest numbers.
 */
export const ulpsOfGpu: UlpsOf = (name) => {
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
      return 1;
    default:
      return 0;
  }
};
