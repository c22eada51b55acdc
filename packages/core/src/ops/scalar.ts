import { fail } from "../errors.ts";
import { apply } from "../graph/apply.ts";
import type { HostFunction } from "../graph/primitives.ts";
import { describeValue } from "../options.ts";
import { onHost } from "./operands.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Scalar } from "../tensor/tensor.ts";

/**
 * Applies a plain JavaScript function to host scalars. With numbers it is called at once; inside a traced function it is
 * recorded and called in float64 on every run, before the kernels start. So a schedule may be any function, bias corrections
 * lose no precision, and a changed number recompiles nothing.
 *
 * @param call - A pure function of numbers.
 * @param operands - Host scalars: numbers, or what stands for them while a function is traced.
 * @returns A number, or what stands for one.
 * @throws OptError `trace` for a tensor whose value only the kernels know.
 *
 * @example
 * ```ts
 * import { scalar } from "@opt/core";
 *
 * const step = scalar((t) => t + 1, 0);
 * const correction = scalar((t) => 1 - 0.9 ** t, step);
 * ```
 */
export function scalar(call: HostFunction, ...operands: readonly Scalar[]): Scalar {
  if (operands.every((operand) => typeof operand === "number")) return call(...operands);
  const traced = operands.map((operand) => {
    if (typeof operand === "number") return onHost(operand);
    if (!(operand instanceof Tensor)) return fail("dtype", `scalar: operands are host scalars; got ${describeValue(operand)}.`);
    if (!operand.onHost) {
      return fail("trace", `scalar: ${operand.toString()} is known only once the kernels have run; use tensor operations on it, or pass it in as a number.`);
    }
    return operand;
  });
  return apply({ name: "hostCall", call }, traced);
}
